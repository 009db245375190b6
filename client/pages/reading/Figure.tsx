import { createEffect, createSignal, on, onCleanup, Show } from "solid-js";
import type { ImageNode } from "@mochila/shared/pages/content.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { useReading } from "./reading-context.ts";

/** A picture from this device. Where it is not here and there is no network, its place says what it shows. */
export function Figure(props: { image: ImageNode["attrs"] }) {
  const words = useWords();
  const { files } = useReading();
  // undefined: still looking; null: not to be had now.
  const [address, setAddress] = createSignal<string | null>();
  const [tries, setTries] = createSignal(0);
  const here = () => files.onDevice().has(props.image.file);
  createEffect(
    on([() => props.image.file, tries, here], ([file]) => {
      if (address()) return;
      let gone = false;
      void files.open(file).then((opened) => {
        if (gone && opened) files.close(opened);
        else setAddress(opened);
      });
      onCleanup(() => (gone = true));
    }),
  );
  onCleanup(() => {
    const opened = address();
    if (opened) files.close(opened);
  });
  return (
    <figure>
      <Show
        when={address()}
        fallback={
          <div class="picture-away" aria-busy={address() === undefined ? "true" : undefined}>
            <Icon name="image" />
            <p>
              <Show when={address() === null} fallback={words("page.pictureComing")}>
                {props.image.alt ? words("page.pictureAway", { name: props.image.alt }) : words("page.pictureAwayUnnamed")}
              </Show>
            </p>
            <Show when={address() === null}>
              <Button look="soft" icon="retry" onClick={() => setTries((count) => count + 1)}>
                {words("shell.tryAgain")}
              </Button>
            </Show>
          </div>
        }
      >
        {(source) => <img src={source()} alt={props.image.alt} width={props.image.width} height={props.image.height} decoding="async" />}
      </Show>
      <Show when={props.image.caption}>
        <figcaption>{props.image.caption}</figcaption>
      </Show>
    </figure>
  );
}
