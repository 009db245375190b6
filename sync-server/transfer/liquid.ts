import { parseAttributes } from "./attributes.ts";
import type { CourseWarning, SourcePlace } from "./course-problem.ts";

/** Addresses of a site that a Jekyll course builds with; here a picture is found from the folder itself. */
const ROOT = /\{\{\s*(?:page\.root|site\.baseurl|site\.url|relative_root_path)\s*\}\}\/?/gu;
const TAG = /\{%-?\s*(\w+)\s*(.*?)\s*-?%\}/gu;
const LEFT_OVER = /\{\{.*?\}\}/u;

type Place = SourcePlace & { readonly warn: (warning: CourseWarning) => void };

function figure(rest: string): string | null {
  const { values } = parseAttributes(rest);
  const address = values.get("file") ?? values.get("src") ?? values.get("url");
  if (!address) return null;
  const title = values.get("caption")?.replaceAll('"', "”");
  return `![${(values.get("alt") ?? "").replaceAll(/[[\]]/gu, "")}](<${address}>${title ? ` "${title}"` : ""})`;
}

/**
 * A line of Markdown without Jekyll's Liquid: an included figure becomes an image, a link tag its path, the site's root nothing.
 * What cannot be known here stays as words, with a warning.
 */
export function resolveLiquid(text: string, { file, line, warn }: Place): string {
  if (!text.includes("{%") && !text.includes("{{")) return text;
  const resolved = text.replaceAll(ROOT, "").replaceAll(TAG, (all, name: string, rest: string) => {
    if (name === "raw" || name === "endraw") return "";
    if (name === "link") return rest;
    const image = name === "include" ? figure(rest) : null;
    if (image !== null) return image;
    warn({ file, line, message: `“${all}” is not resolved; its words are kept` });
    return all;
  });
  if (LEFT_OVER.test(resolved)) warn({ file, line, message: "a {{ … }} is not resolved; its words are kept" });
  return resolved;
}
