import type { Code } from "mdast";
import type { BlockNode } from "@mochila/shared/pages/content.ts";
import type { SourceNode } from "./markdown-tree.ts";

/** Classes that say how a site draws the code, not what it is. */
const NOT_A_LANGUAGE = new Set(["source", "code", "highlight", "no-highlight", "nohighlight", "numberlines"]);
const CAPTION_CHARACTERS_MAX = 300;

function languageName(name: string): string {
  const [language = ""] = /[a-z0-9+#-]+/u.exec(name.toLowerCase().replace(/^language-/u, "")) ?? [];
  return NOT_A_LANGUAGE.has(language) ? "" : language.slice(0, 30);
}

/** Code with its language: of `{: .language-bash}` behind it, else of the fence (```bash, ```{.bash}). `output` and `error` are kept as such. */
export function codeBlock(node: Code, { classes, values }: Pick<SourceNode, "classes" | "values">): BlockNode {
  const language = [...classes, node.lang ?? ""].map(languageName).find((name) => name !== "") ?? "";
  const caption = (values.get("title") ?? values.get("caption") ?? /title=["']([^"']+)["']/u.exec(node.meta ?? "")?.[1] ?? "").slice(0, CAPTION_CHARACTERS_MAX);
  const attrs = caption === "" ? { language } : { language, caption };
  return node.value === "" ? { type: "code_block", attrs } : { type: "code_block", attrs, content: [{ type: "text", text: node.value }] };
}
