import type { Language } from "@mochila/shared/kernel/schema.ts";
import { escapeHtml } from "../http/html.ts";
import type { Row, Section, Words } from "./section.ts";

/** Of one kind; more than anybody reads. The file of data has all of them. */
const SHOWN_MAX = 1_000;

const words = {
  title: { en: "Your data at Mochila", es: "Tus datos en Mochila" },
  language: { en: "Language", es: "Idioma" },
  madeAt: { en: "Prepared", es: "Preparado" },
  zone: { en: "Time zone of this page", es: "Zona horaria de esta página" },
  all: {
    en: "This page shows what people read. Everything, for programs, is in data.json.",
    es: "Esta página muestra lo que leen las personas. Todo, para programas, está en data.json.",
  },
  none: { en: "Nothing.", es: "Nada." },
  more: { en: "There is more in data.json.", es: "Hay más en data.json." },
  leftOut: { en: "What is missing", es: "Lo que falta" },
  yes: { en: "Yes", es: "Sí" },
  no: { en: "No", es: "No" },
} as const satisfies Record<string, Words>;

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:64rem;margin:0 auto;padding:1rem}
h1{font-size:1.75rem;line-height:1.2}h2{font-size:1.125rem;margin:2.5rem 0 .25rem}p{margin:.25rem 0 .75rem}fieldset{border:0;padding:0;margin:0 0 1rem}
label{display:inline-block;padding:.6rem 1rem .6rem 0}.table{overflow-x:auto}table{border-collapse:collapse;min-width:100%}
th,td{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-bottom:1px solid #8886;overflow-wrap:anywhere;white-space:pre-wrap}th{white-space:nowrap}td .en,td .es{white-space:normal;overflow-wrap:break-word}
body:has(#in-en:checked) .es,body:has(#in-es:checked) .en{display:none}`;

/** Both languages are in the page; one is shown, by the choice at the top. A reader without `:has` shows both. */
const both = ({ en, es }: Words): string => `<span class="en" lang="en">${escapeHtml(en)}</span><span class="es" lang="es"> ${escapeHtml(es)}</span>`;

/** Writes an instant as the clock of its reader has it; the zone is named once, at the top. */
type WriteTime = (at: Date) => string;

/** As ISO 8601 writes day and time, which both languages read: Swedish is the language that does. */
function timeIn(timeZone: string): WriteTime {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return (at) => format.format(at);
}

function cell(value: unknown, write: WriteTime): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return `<time datetime="${value.toISOString()}">${write(value)}</time>`;
  if (typeof value === "boolean") return both(value ? words.yes : words.no);
  return escapeHtml(plain(value));
}

/** What programs keep as an object, as lines that a person reads. */
function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined && one !== null);
  if (entries.every(([name]) => name === "en" || name === "es")) return entries.map(([, one]) => plain(one)).join(" / ");
  return entries.map(([name, one]) => `${name}: ${plain(one)}`).join("\n");
}

function called(value: unknown, { section, column, write }: { section: Section; column: string; write: WriteTime }): string {
  const word = typeof value === "string" ? section.called?.[column]?.(value) : null;
  return word ? both(word) : cell(value, write);
}

/** Gathers what the page shows while the data goes by, in a bounded memory. */
export class ReadablePage {
  readonly #timeZone: string;
  readonly #write: WriteTime;
  readonly #sections = new Map<string, { readonly section: Section; readonly rows: string[]; count: number }>();

  /** `timeZone`: of whose data it is. */
  constructor(timeZone: string) {
    this.#timeZone = timeZone;
    this.#write = timeIn(timeZone);
  }

  add(section: Section, rows: readonly Row[]): void {
    const held = this.#sections.get(section.name) ?? { section, rows: [], count: 0 };
    this.#sections.set(section.name, held);
    held.count += rows.length;
    const columns = Object.keys(section.columns);
    for (const row of rows.slice(0, SHOWN_MAX - held.rows.length)) held.rows.push(`<tr>${columns.map((column) => `<td>${called(row[column], { section, column, write: this.#write })}</td>`).join("")}</tr>`);
  }

  /** `leftOut`: what the copy should hold and does not, in plain words. */
  *write({ madeAt, language, leftOut }: { madeAt: Date; language: Language; leftOut: readonly Words[] }): Generator<string> {
    const choice = (value: Language, label: string) => `<label lang="${value}"><input type="radio" name="language" id="in-${value}"${value === language ? " checked" : ""}> ${label}</label>`;
    yield `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(words.title[language])}</title><style>${STYLE}</style></head><body><main>`;
    yield `<fieldset><legend>${both(words.language)}</legend>${choice("en", "English")}${choice("es", "Español")}</fieldset>`;
    yield `<h1>${both(words.title)}</h1><p>${both(words.madeAt)}: ${cell(madeAt, this.#write)}<br>${both(words.zone)}: ${escapeHtml(this.#timeZone)}</p><p>${both(words.all)}</p>`;
    if (leftOut.length > 0) yield `<h2>${both(words.leftOut)}</h2><ul>${leftOut.map((one) => `<li>${both(one)}</li>`).join("")}</ul>`;
    for (const { section, rows, count } of this.#sections.values()) {
      yield `<section><h2>${both(section.title)} (${count})</h2><p>${both(section.about)}</p>`;
      if (rows.length === 0) yield `<p>${both(words.none)}</p>`;
      else yield `<div class="table" tabindex="0"><table><thead><tr>${Object.values(section.columns).map((label) => `<th scope="col">${both(label)}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
      if (count > rows.length) yield `<p>${both(words.more)}</p>`;
      yield "</section>";
    }
    yield "</main></body></html>";
  }
}
