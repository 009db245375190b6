import { For, type JSX } from "solid-js";
import { Dynamic } from "solid-js/web";
import { unreachable } from "@mochila/shared/kernel/assert.ts";
import type { BlockNode, CalloutKind, ListItemNode } from "@mochila/shared/pages/content.ts";
import { useWords } from "../../i18n/words.ts";
import { Icon } from "../../ui/Icon.tsx";
import type { IconName } from "../../ui/icons.ts";
import { CodeBlock } from "./CodeBlock.tsx";
import { Exercise } from "./Exercise.tsx";
import { Figure } from "./Figure.tsx";
import { InlineText } from "./InlineText.tsx";
import { useReading } from "./reading-context.ts";
import { TableBlock } from "./TableBlock.tsx";

const calloutIcons: Record<CalloutKind, IconName> = { note: "lightbulb", tip: "lightbulb", warning: "warn", prerequisite: "check", testimonial: "user", discussion: "users" };

function Callout(props: { callout: Extract<BlockNode, { type: "callout" }> }) {
  const words = useWords();
  const { kind, title } = props.callout.attrs;
  const name = () => title || words(`page.callout_${kind}`);
  return (
    <aside class="callout" data-role={kind === "warning" ? "warn" : undefined} aria-label={name()}>
      <p class="callout-head">
        <Icon name={calloutIcons[kind]} small />
        {name()}
      </p>
      <Blocks content={props.callout.content} />
    </aside>
  );
}

function Heading(props: { heading: Extract<BlockNode, { type: "heading" }> }) {
  const { anchors } = useReading();
  return (
    <Dynamic component={`h${props.heading.attrs.level}`} id={anchors.get(props.heading)}>
      <InlineText content={props.heading.content} />
    </Dynamic>
  );
}

/** A list item of one paragraph shows its words alone, without the paragraph's distance. */
function ListItem(props: { item: ListItemNode }) {
  const first = () => props.item.content?.[0];
  const words = () => {
    const block = first();
    return block?.type === "paragraph" ? block : undefined;
  };
  return (
    <li>
      <InlineText content={words()?.content} />
      <Blocks content={words() ? props.item.content?.slice(1) : props.item.content} />
    </li>
  );
}

const listItems = (items: readonly ListItemNode[] | undefined) => <For each={items}>{(item) => <ListItem item={item} />}</For>;

/** Exactly one element for each block, so that a reading position counts blocks. */
function blockElement(node: BlockNode): JSX.Element {
  switch (node.type) {
    case "paragraph":
      return <p><InlineText content={node.content} /></p>;
    case "heading":
      return <Heading heading={node} />;
    case "bullet_list":
      return <ul>{listItems(node.content)}</ul>;
    case "ordered_list":
      return <ol start={node.attrs?.order}>{listItems(node.content)}</ol>;
    case "code_block":
      return <CodeBlock language={node.attrs.language} caption={node.attrs.caption} content={node.content} />;
    case "blockquote":
      return <blockquote class="quote-block"><Blocks content={node.content} /></blockquote>;
    case "horizontal_rule":
      return <hr />;
    case "image":
      return <Figure image={node.attrs} />;
    case "table":
      return <TableBlock table={node} draw={drawBlocks} />;
    case "callout":
      return <Callout callout={node} />;
    case "exercise":
      return <Exercise exercise={node} draw={drawBlocks} />;
    default:
      return unreachable(node);
  }
}

const drawBlocks = (content: readonly BlockNode[] | undefined) => <Blocks content={content} />;

/** The text of a page as elements, built from known names only: nothing an author writes can run. */
export const Blocks = (props: { content: readonly BlockNode[] | undefined }) => <For each={props.content}>{(node) => blockElement(node)}</For>;
