import type { SourceFile } from "./source-files.ts";

const LISTED = /^(?:- |\| ?)(.*)$/gmu;
/** `- **P1** …`, several in a line, `**K1–K4** …`, or the first cell of a table. */
const NAMED = /\*\*([A-Z]{1,3}-?)(\d+)(?:–\1?(\d+))?\*\*/gu;
const CELL = /^([A-Z]{1,3}-?)(\d+) \|/u;

/** The rules that a SPEC.md states, and what it says under «Gaps». */
export function readSpec(spec: string): { readonly ids: readonly string[]; readonly gaps: string } {
  const [rules = "", gaps = ""] = spec.split(/^## Gaps/mu);
  const ids: string[] = [];
  for (const [, line = ""] of rules.matchAll(LISTED)) {
    const cell = CELL.exec(line);
    if (cell) ids.push(`${cell[1] ?? ""}${cell[2] ?? ""}`);
    for (const [, prefix = "", first = "", last = first] of line.matchAll(NAMED)) {
      for (let number = Number(first); number <= Number(last); number += 1) ids.push(`${prefix}${String(number).padStart(first.length, "0")}`);
    }
  }
  return { ids: [...new Set(ids)], gaps };
}

/** Rules that no test names, and that are not said to be gaps: a rule that nothing shows is a wish. */
export function uncited(spec: string, tests: readonly SourceFile[]): string[] {
  const { ids, gaps } = readSpec(spec);
  const said = new Set([...tests.map(({ text }) => text), gaps].flatMap((text) => text.match(/\b[A-Z]{1,3}-?\d+(?!\w)/gu) ?? []));
  return ids.filter((id) => !said.has(id));
}
