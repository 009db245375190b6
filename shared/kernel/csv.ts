/**
 * What a table program would take for a formula, whatever stands behind it: also behind blanks, which some leave out, and behind quotation marks, which are no letters of a
 * cell where a program takes them for its own. The wide signs are those of a Japanese keyboard. An apostrophe that somebody typed there gets another one, so that it is
 * known from ours again.
 */
const FORMULA = /^'*(?:[\t\r]|[ "]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;
/** An apostrophe in front tells every table program that text follows. */
const GUARD = "'";

/** A table program that divides by another sign than ours reads a new cell, or a new line, in the middle of what somebody typed; a quotation mark behind it is then the cell's own. */
const FORMULA_INSIDE = /([;,\t\r\n][ "]*)(?='*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;
const GUARDED_INSIDE = /([;,\t\r\n][ "]*)'(?='*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

const needsQuotes = (text: string): boolean => /[",;\t\r\n]/.test(text) || text !== text.trim();

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const inside = value.replace(FORMULA_INSIDE, `$1${GUARD}`);
  const text = FORMULA.test(value) ? `${GUARD}${inside}` : inside;
  return needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line of a CSV file, with its end. What people typed stays text in the program that opens it, also where it begins like a formula. */
export const csvLine = (values: readonly (string | number)[]): string => lineOf(values, ",");

/** The same for table programs that divide by semicolons, as those of people who write decimals with a comma. */
export const csvLineBySemicolons = (values: readonly (string | number)[]): string => lineOf(values, ";");

const lineOf = (values: readonly (string | number)[], separator: string): string => `${values.map(cell).join(separator)}\r\n`;

/** Takes back what `csvLine` put in front, so that a list that went out comes in as it was. */
export const withoutGuard = (text: string): string => (text.startsWith(GUARD) && FORMULA.test(text.slice(1)) ? text.slice(1) : text).replace(GUARDED_INSIDE, "$1");

/** In front of a file, so that table programs read its letters right. */
export const CSV_MARK = "\u{feff}";
