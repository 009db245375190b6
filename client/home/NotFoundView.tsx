import { useWords } from "../i18n/words.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Page } from "../ui/Page.tsx";

export function NotFoundView() {
  const words = useWords();
  return (
    <Page title={words("shell.notFoundTitle")}>
      <div class="title">
        <h1>{words("shell.notFoundTitle")}</h1>
        <p>{words("shell.notFound")}</p>
      </div>
      <LinkButton href="/" look="primary">
        {words("shell.goHome")}
      </LinkButton>
    </Page>
  );
}
