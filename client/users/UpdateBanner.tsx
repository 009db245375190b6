import { Show } from "solid-js";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Banner } from "../ui/Notice.tsx";

/** A new version waits until the person says so: nobody's page reloads under their hands. */
export function UpdateBanner() {
  const words = useWords();
  const { update } = useApp();
  return (
    <div role="status">
      <Show when={update.waiting()}>
        <section class="top-banner" aria-label={words("shell.notice")}>
          <Banner icon="retry" role="info" action={<Button look="soft" onClick={() => update.apply()}>{words("shell.update")}</Button>}>
            {words("shell.newVersion")}
          </Banner>
        </section>
      </Show>
    </div>
  );
}
