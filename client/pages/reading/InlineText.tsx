import { For, type JSX } from "solid-js";
import type { InlineNode, Mark, TextNode } from "@mochila/shared/pages/content.ts";
import { isSafeLink } from "@mochila/shared/pages/content.ts";
import { useWords } from "../../i18n/words.ts";
import { Icon } from "../../ui/Icon.tsx";

/** A link of the text: places in the app are routed, other sites open beside it and say so. */
function TextLink(props: { href: string; children: JSX.Element }) {
  const words = useWords();
  if (!isSafeLink(props.href)) return <>{props.children}</>;
  if (props.href.startsWith("/") || props.href.startsWith("#")) return <a href={props.href}>{props.children}</a>;
  return (
    <a href={props.href} target="_blank" rel="noopener noreferrer" class="external">
      {props.children}
      <Icon name="external" small />
      <span class="unseen"> {words("page.external")}</span>
    </a>
  );
}

function marked(mark: Mark, inner: JSX.Element): JSX.Element {
  switch (mark.type) {
    case "strong":
      return <strong>{inner}</strong>;
    case "em":
      return <em>{inner}</em>;
    case "code":
      return <code>{inner}</code>;
    case "strike":
      return <s>{inner}</s>;
    case "superscript":
      return <sup>{inner}</sup>;
    case "subscript":
      return <sub>{inner}</sub>;
    case "link":
      return <TextLink href={mark.attrs.href}>{inner}</TextLink>;
  }
}

/** The first mark of a text is the outermost. */
const textNode = (node: TextNode): JSX.Element => (node.marks ?? []).reduceRight<JSX.Element>((inner, mark) => marked(mark, inner), node.text);

/** Words with their marks, as elements: what an author writes is never read as HTML. */
export const InlineText = (props: { content: readonly InlineNode[] | undefined }) => (
  <For each={props.content}>{(node) => (node.type === "text" ? textNode(node) : <br />)}</For>
);
