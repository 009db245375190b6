/** What a table program would take for a formula, whatever stands behind it. */
const FORMULA = /^(?:[\t\r]| *[=+\-@])/;
/** An apostrophe in front tells every table program that text follows. */
const GUARD = "'";

/** A table program that divides by another sign than ours reads a new cell, or a new line, in the middle of what somebody typed. */
const FORMULA_INSIDE = /([;,\t\r\n] *)(?=[=+\-@])/g;
const GUARDED_INSIDE = /([;,\t\r\n] *)'(?=[=+\-@])/g;

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
