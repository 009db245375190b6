import { Show } from "solid-js";
import { formatDate } from "../../i18n/formats.ts";
import { Banner } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { readClosing } from "./closing-note.ts";
import { said } from "./data-words.ts";

/** At the door, after somebody asked here to close their account. */
export default function ClosingNote() {
  const now = useNow();
  const note = readClosing(now());
  return (
    <Show when={note}>
      {(one) => {
        const when = () => formatDate(one().closingAt, now());
        const { name } = one();
        return (
          <Banner icon="circle-alert" role="info">
            {name === null ? said("data.closing", { when: when() }) : said("data.closingOf", { name, when: when() })}
          </Banner>
        );
      }}
    </Show>
  );
}
