import { readFile } from "node:fs/promises";
import { basename, isAbsolute, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { IMPORT_FILE_NAME_CHARACTERS_MAX, type PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { fromCommandLine } from "../audit/audit.ts";
import { readCall, withHints } from "../command-line.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import type { Hints } from "../sync/hints.ts";
import { readLines } from "./import-rows.ts";
import { ImportWorker } from "./import-worker.ts";
import { PeopleImports } from "./people-imports.ts";
import { problemSentence } from "./problem-sentence.ts";

const OPTIONS = { "dry-run": { type: "boolean" }, "skip-wrong": { type: "boolean" }, invite: { type: "boolean" }, undo: { type: "string" }, "time-zone": { type: "string" } } as const;
/** A server that runs may be at the same part. */
const OTHERS_MS = 200;

const countsOf = ({ accounts, systemRoles, enrolled, courseRoles, courseEnds, same, problems }: PeopleImport): string =>
  `new accounts: ${accounts}, roles changed: ${systemRoles}, put into a course: ${enrolled}, roles in a course changed: ${courseRoles}, ends of places set: ${courseEnds}, nothing to change: ${same}, wrong: ${problems}`;

async function printProblems({ database, print }: CommandContext, { id }: PeopleImport): Promise<void> {
  const { lines } = await readLines(database.sql, id, { only: "problems" });
  for (const line of lines) print(`  line ${line.line}: ${problemSentence(line)}`);
}

/** A note, no problem: staff put people in beyond the seats. */
function printFullCourses({ print }: CommandContext, { fullCourses }: PeopleImport): void {
  for (const { title, seats, students, after } of fullCourses) {
    print(`  “${title.en ?? title.es ?? ""}” ${after > students ? "gets" : "has"} more students than seats; everybody gets in all the same (seats: ${seats}, students now: ${students}${after > students ? `, with this file: ${after}` : ""})`);
  }
}

/** Works the import off, together with a server that runs, and says how far it is. */
async function workOff(context: CommandContext, imports: PeopleImports, { id, hints }: { id: string; hints: Pick<Hints, "publish"> }): Promise<PeopleImport> {
  const { database, clock, random, config, print } = context;
  const origin = config.publicUrl ?? `http://localhost:${config.port}`;
  const worker = new ImportWorker({ database, clock, random, hints, origin, onLetter: () => undefined });
  for (;;) {
    if (!(await worker.step(id))) await pause(OTHERS_MS);
    const now = await imports.read(id);
    if (now.state !== "running" && now.state !== "undoing") return now;
    print(`  ${now.handled} of ${now.toHandle}`);
  }
}

async function bringIn(context: CommandContext, imports: PeopleImports, { path, values, hints }: { path: string; values: { "dry-run"?: boolean; "skip-wrong"?: boolean; invite?: boolean; "time-zone"?: string }; hints: Pick<Hints, "publish"> }): Promise<void> {
  const { print, folder } = context;
  const timeZone = values["time-zone"] ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const bytes = await readFile(isAbsolute(path) ? path : join(folder, path)).catch(() => {
    throw new Error(`The file ${path} cannot be read.`);
  });
  const found = await imports.check(fromCommandLine, { name: basename(path).slice(0, IMPORT_FILE_NAME_CHARACTERS_MAX), bytes, timeZone });
  print(`${found.lines} lines; ${countsOf(found)}.`);
  if (found.courseEnds > 0) print(`  a place that ends on a day ends with it in the time zone ${timeZone}`);
  await printProblems(context, found);
  printFullCourses(context, found);
  if (found.ignored.length > 0) print(`  columns that are not read: ${found.ignored.join(", ")}`);
  if (values["dry-run"] === true) return print("Nothing was changed.");
  if (found.problems > 0 && values["skip-wrong"] !== true) throw new Error("Nothing was changed. Mend the lines that are wrong, or leave them out with --skip-wrong.");
  if (found.accounts + found.systemRoles + found.enrolled + found.courseRoles + found.courseEnds === 0) return print("There is nothing to change.");
  await imports.run(fromCommandLine, found.id, { invites: values.invite === true });
  const done = await workOff(context, imports, { id: found.id, hints });
  print(`${done.state === "done" ? "Done" : `It was stopped (${done.state})`}; ${countsOf(done)}.`);
  if (done.problems > found.problems) await printProblems(context, done);
  printFullCourses(context, done);
  print(`To take it back: import-people --undo ${done.id}`);
}

async function takeBack(context: CommandContext, imports: PeopleImports, { id, hints }: { id: string; hints: Pick<Hints, "publish"> }): Promise<void> {
  await imports.undo(fromCommandLine, id);
  const { kept, handled } = await workOff(context, imports, { id, hints });
  context.print(`Taken back: ${handled - kept} lines; left as they are because they were used or changed since: ${kept}.`);
}

/** The verb `import-people`. */
export const importPeopleCommand: Command = {
  verb: "import-people",
  usage: "<file.csv> [--dry-run] [--skip-wrong] [--invite] [--time-zone <name>]  |  --undo <id of an import>",
  about: "Brings in people and puts them into courses from a CSV file of up to 5,000 lines; the same file again changes nothing.",
  details: [
    "The first line names the columns, in English or Spanish and in any order: e-mail, name, surname, role (in the school), language, course (title or id),",
    "role in the course, until (when the place in the course ends). Only the e-mail is needed, and a name for who is new. A person may stand in several lines, one for each course.",
    "A place ends with a day (2026-12-18) or at a moment with its zone (2026-12-18T14:00+01:00). The day ends in the time zone of this machine, or of --time-zone (America/Lima).",
    "An empty cell leaves an end as it is. Who teaches a course has none.",
    "Who has an account keeps their own name and language. Without --invite nobody is written to; with it, who is new gets a letter to choose a password.",
    "With wrong lines nothing is changed; --skip-wrong leaves them out. --undo takes back what an import put in and nobody has used or changed since.",
  ].join("\n"),
  run: async (context, args) => {
    const { values, words: [path, ...more] } = readCall(args, OPTIONS, { words: true });
    if ((path === undefined) === (values.undo === undefined) || more.length > 0) throw new UsageError("Name one file, or an import with --undo.");
    const { database, clock, random } = context;
    const imports = new PeopleImports({ database, clock, random, onWork: () => undefined });
    await withHints(context, (hints) => (values.undo === undefined ? bringIn(context, imports, { path: path ?? "", values, hints }) : takeBack(context, imports, { id: values.undo, hints })));
  },
};
