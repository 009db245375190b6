import { createEffect, createSignal, onCleanup, Show } from "solid-js";
import { usePerson } from "../person.ts";
import { initialsOf } from "./initials.ts";

/** Somebody's picture, from this device where it is here; their initials until it comes, and where there is none. Names stand beside it. */
export function Picture(props: { name: string; picture?: string | null | undefined }) {
  const { files } = usePerson();
  const [address, setAddress] = createSignal<string | null>(null);
  createEffect(() => {
    const { picture } = props;
    let gone = false;
    let opened: string | null = null;
    setAddress(null);
    if (picture) {
      void files.open(picture).then((found) => {
        opened = found;
        if (!gone) setAddress(found);
        else if (found) files.close(found);
      }, console.error);
    }
    onCleanup(() => {
      gone = true;
      if (opened) files.close(opened);
    });
  });
  return (
    <Show when={address()} fallback={initialsOf(props.name)}>
      {(source) => <img src={source()} alt="" />}
    </Show>
  );
}

export const Face = (props: { name: string; picture?: string | null | undefined; large?: boolean }) => (
  <span class="face" classList={{ "face-l": props.large === true }} aria-hidden="true">
    <Picture name={props.name} picture={props.picture} />
  </span>
);
