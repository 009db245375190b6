import type { JSX } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Page } from "../ui/Page.tsx";

/** `children`: what is the person's own of what was here. */
export function NotFoundView(props: { children?: JSX.Element }) {
  const words = useWords();
  return (
    <Page title={words("shell.notFoundTitle")}>
      <div class="title">
        <h1>{words("shell.notFoundTitle")}</h1>
        <p>{words("shell.notFound")}</p>
      </div>
      {props.children}
      <LinkButton href="/" look="primary">
        {words("shell.goHome")}
      </LinkButton>
    </Page>
  );
}
