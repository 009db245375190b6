import { CsvError, parse } from "csv-parse/sync";
import { IMPORT_BYTES_MAX, IMPORT_ROWS_MAX, type ImportRefusal } from "@mochila/shared/admin/people-import.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { withoutGuard } from "@mochila/shared/kernel/csv.ts";

export interface TableLine {
  /** As editors and table programs count, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const SEPARATORS = [",", ";", "\t"];
/** Excel says in a line of its own what separates. */
const SAYS_SEPARATOR = /^sep=([,;\t])\r?\n/i;

export const refuse = (reason: ImportRefusal, message: string, more: Record<string, unknown> = {}): CodedError => new CodedError("invalid_input", message, { details: { reason, ...more } });

/** UTF-8, or what Excel writes: UTF-16 with its mark, else the Western table. Throws for what is no text. */
function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw refuse("workbook", "This is a workbook of a table program; save it as CSV.");
  const text = bytes[0] === 0xff && bytes[1] === 0xfe ? new TextDecoder("utf-16le").decode(bytes) : decodeBytes(bytes);
  if (text.includes("\0")) throw refuse("not-text", "This is no text file.");
  return text;
}

function decodeBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** The sign that the first line has most of, outside of quotes. */
function separatorOf(text: string): string {
  const first = (/^\s*([^\r\n]*)/.exec(text)?.[1] ?? "").replaceAll(/"[^"]*"/g, "");
  const counts = SEPARATORS.map((separator) => first.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/** A record may go over several lines; where it begins is what people look for. */
const linesIn = (cells: readonly string[]): number => cells.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);

/** Reads a CSV file as schools have them: any of three separators, any of three encodings, with quotes or without. Throws CodedError. */
export function readTable(bytes: Uint8Array): TableLine[] {
  if (bytes.length > IMPORT_BYTES_MAX) throw new CodedError("too_large", `The file is larger than ${IMPORT_BYTES_MAX} bytes.`, { details: { bytesMax: IMPORT_BYTES_MAX } });
  const whole = decode(bytes);
  const said = SAYS_SEPARATOR.exec(whole);
  const text = said ? whole.slice(said[0].length) : whole;
  const above = said ? 1 : 0;
  const records = parseText(text, said?.[1] ?? separatorOf(text));
  const lines = records.map(({ record, info }) => ({ line: info.lines - linesIn(record) + above, cells: record.map(withoutGuard) })).filter(({ cells }) => cells.some((cell) => cell !== ""));
  if (lines.length < 2) throw refuse("empty", "There is nobody in this file: the first line names the columns, the others are people.");
  if (lines.length - 1 > IMPORT_ROWS_MAX) throw refuse("too-many-rows", `There are more than ${IMPORT_ROWS_MAX} lines in this file; bring it in parts.`, { rowsMax: IMPORT_ROWS_MAX });
  return lines;
}

function parseText(text: string, delimiter: string): { record: string[]; info: { lines: number } }[] {
  try {
    return parse(text, { delimiter, bom: true, info: true, trim: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: true, record_delimiter: ["\r\n", "\n", "\r"] }) as unknown as { record: string[]; info: { lines: number } }[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw refuse("quotes", "A quotation mark is opened and never closed.", { line: Number(error["lines"] ?? 0) });
  }
}
