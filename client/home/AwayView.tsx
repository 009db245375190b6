import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";

/** In the place of a part of the app that did not come. Loading the page again asks for it again. */
export function Away() {
  const words = useWords();
  return (
    <>
      <h1 class="unseen">{words("shell.awayTitle")}</h1>
      <Empty title={words("shell.awayTitle")} action={<Button look="soft" onClick={() => location.reload()}>{words("shell.tryAgain")}</Button>}>
        {words("shell.away")}
      </Empty>
    </>
  );
}

/** A part of the app that this device never needed, and there is no network now. */
export function AwayView() {
  const words = useWords();
  return (
    <Page title={words("shell.awayTitle")}>
      <Away />
    </Page>
  );
}
