/** How a table program reads a file; they differ in what they take for blanks and quotation marks of their own. */
interface TableProgram {
  /** Divides cells. */
  readonly sign: string;
  /** `none`: a program for which they are letters, and which a person then cleans of them. */
  readonly quotes: "at the beginning" | "behind blanks" | "none";
}

/** Of every sign by which one divides, and every way in which one takes quotation marks. */
export const tablePrograms: readonly TableProgram[] = [",", ";", "\t"].flatMap((sign) => (["at the beginning", "behind blanks", "none"] as const).map((quotes) => ({ sign, quotes })));

/** The cells of a file as such a program shows them, line after line. */
export function cellsAsReadBy({ sign, quotes }: TableProgram, text: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    if (quotes === "behind blanks") while (text[at] === " ") at += 1;
    let cell = "";
    if (quotes !== "none" && text[at] === '"') {
      for (at += 1; at < text.length; at += 1) {
        if (text[at] !== '"') cell += text[at];
        else if (text[at + 1] === '"') cell += text[(at += 1)];
        else break;
      }
      at += 1;
    }
    while (at < text.length && text[at] !== sign && text[at] !== "\r" && text[at] !== "\n") cell += text[at++];
    cells.push(quotes === "none" ? cell.replace(/^[ "]*/, "") : cell);
  }
  return cells;
}

/** What it would run when it opens the file. */
export const isFormula = (cell: string): boolean => /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell);
