const block = (css: string, opening: RegExp): string | null => {
  const start = opening.exec(css);
  if (!start) return null;
  const from = start.index + start[0].length;
  return css.slice(from, css.indexOf("}", from)).trim().replaceAll(/\s+/g, " ");
};

/**
 * The dark theme stands twice: for the system's choice and for the person's. Phones without `light-dark()` need both, and they
 * must be the same text.
 */
export function darkBlockProblems(css: string): string[] {
  const system = block(css, /:root:not\(\[data-theme="light"\]\)\s*\{/);
  const chosen = block(css, /:root\[data-theme="dark"\]\s*\{/);
  if (system === null || chosen === null) return ["a dark block is missing"];
  return system === chosen ? [] : ["the two dark blocks differ"];
}
