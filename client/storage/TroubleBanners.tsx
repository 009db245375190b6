import { A } from "@solidjs/router";
import { Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Banner } from "../ui/Notice.tsx";
import { useTrouble } from "./queries.ts";

/** What the browser has done to the person's storage, in words, until it is over or they have read it. */
export function TroubleBanners() {
  const words = useWords();
  const trouble = useTrouble();
  return (
    <div role="status">
      <Show when={trouble.full()}>
        <section class="top-banner" aria-label={words("shell.notice")} data-trouble="full">
          <Banner icon="warn" role="alert" action={<A href="/storage">{words("shell.fullAction")}</A>}>
            {words("shell.full")}
          </Banner>
        </section>
      </Show>
      <Show when={trouble.loss()}>
        {(loss) => (
          <section class="top-banner" aria-label={words("shell.notice")} data-trouble="loss">
            <Banner icon="warn" role="alert" action={<Button look="soft" onClick={() => trouble.dismissLoss()}>{words("shell.lostRead")}</Button>}>
              {words("shell.lost")} {loss().unsent > 0 ? words("shell.lostUnsent", { count: loss().unsent }) : words("shell.lostNothing")}
            </Banner>
          </section>
        )}
      </Show>
    </div>
  );
}
