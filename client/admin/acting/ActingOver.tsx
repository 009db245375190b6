import { useWords } from "../../i18n/words.ts";
import { LinkButton } from "../../ui/Button.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { said } from "./words.ts";

/** Where a look as somebody was, after it: the page was loaded again, or the way back of the browser led here. */
export default function ActingOver() {
  const words = useWords();
  return (
    <Page title={said("acting.overTitle")} crumbs={[{ href: "/you", label: words("shell.you") }]}>
      <h1 class="unseen">{said("acting.overTitle")}</h1>
      <Empty title={said("acting.overTitle")} action={<LinkButton href="/admin/people">{said("acting.people")}</LinkButton>}>
        {said("acting.over")}
      </Empty>
    </Page>
  );
}
