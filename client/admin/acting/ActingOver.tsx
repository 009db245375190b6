import { onMount } from "solid-js";
import { useWords } from "../../i18n/words.ts";
import { LinkButton } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { usePeopleCalls } from "../people.ts";
import { lookOf } from "./place.ts";
import { said } from "./words.ts";

/** Where a look as somebody was, after it: the page was loaded again, or the way back of the browser led here. Tells the server, which may not have heard it from the page before. */
export default function ActingOver() {
  const words = useWords();
  const calls = usePeopleCalls();
  onMount(() => {
    const lookId = lookOf(history.state);
    // Without a network it ends by itself within the hour.
    if (lookId !== null) void calls.endLook(lookId).catch(() => undefined);
  });
  return (
    <Page title={said("acting.overTitle")} crumbs={[{ href: "/you", label: words("shell.you") }]}>
      <h1 class="unseen">{said("acting.overTitle")}</h1>
      <Empty title={said("acting.overTitle")} action={<LinkButton href="/admin/people">{said("acting.people")}</LinkButton>}>
        {said("acting.over")}
      </Empty>
    </Page>
  );
}
