import { PROPERTIES } from "./svg-allowed.ts";

/** A reference may lead to a part of the same drawing only. */
const OUTSIDE = /url\(\s*(?!["']?#[\w.:-]+["']?\s*\))/iu;
/** Escapes can spell any word; the others run or load something. */
const ACTIVE = /\\|expression|javascript:|@import|behavior|-moz-binding|image-set|src\s*\(/iu;
const SELECTOR = /^[\w\s.,#*>+~:()[\]="'-]+$/u;

export const isSafeValue = (value: string): boolean => !OUTSIDE.test(value) && !ACTIVE.test(value) && !/[<>{}]/u.test(value);

/** The declarations of a `style` attribute that are drawing and nothing else. */
export function safeDeclarations(text: string): string {
  return text
    .split(";")
    .map((declaration) => {
      const colon = declaration.indexOf(":");
      const name = declaration.slice(0, colon).trim().toLowerCase();
      const value = declaration.slice(colon + 1).trim();
      return colon > 0 && PROPERTIES.has(name) && value !== "" && isSafeValue(value) ? `${name}:${value}` : "";
    })
    .filter(Boolean)
    .join(";");
}

/** The plain rules of a style sheet; rules that begin with @ are left out with what they hold. */
export function safeStyleSheet(text: string): string {
  let rest = text.replaceAll(/\/\*[\s\S]*?(?:\*\/|$)/gu, "").replaceAll(/<!--|-->/gu, "");
  const rules: string[] = [];
  for (let open = rest.indexOf("{"); open >= 0; open = rest.indexOf("{")) {
    const selector = rest.slice(0, open).split(";").at(-1)?.trim() ?? "";
    const end = endOfBlock(rest, open);
    const inner = rest.slice(open + 1, end);
    rest = rest.slice(end + 1);
    const declarations = inner.includes("{") ? "" : safeDeclarations(inner);
    if (!selector.startsWith("@") && SELECTOR.test(selector) && declarations !== "") rules.push(`${selector}{${declarations}}`);
  }
  return rules.join("\n");
}

function endOfBlock(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    else if (text[at] === "}" && (depth -= 1) === 0) return at;
  }
  return text.length;
}
