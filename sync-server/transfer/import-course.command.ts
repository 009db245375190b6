import { isAbsolute, join } from "node:path";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { fromCommandLine } from "../audit/audit.ts";
import { readCall } from "../command-line.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import { blobFolder, FolderBlobStore } from "../files/blob-store.ts";
import { openHintCarrier } from "../stores.ts";
import { createHints } from "../sync/hints.ts";
import { readCourseFolder } from "./course-folder.ts";
import { type CoursePlan, planCourse } from "./course-plan.ts";
import { placeText } from "./course-problem.ts";
import { importCourse } from "./import-course.ts";
import type { ImportReport, Tally } from "./import-run.ts";

const OPTIONS = {
  "title-en": { type: "string" },
  "title-es": { type: "string" },
  key: { type: "string" },
  instructor: { type: "string", multiple: true },
  student: { type: "string", multiple: true },
  "dry-run": { type: "boolean" },
  "allow-missing-pictures": { type: "boolean" },
} as const;

interface Call {
  readonly folder: string;
  readonly title: Localized<string> | undefined;
  readonly key: string | undefined;
  readonly instructors: readonly string[];
  readonly students: readonly string[];
  readonly dryRun: boolean;
  readonly allowMissingPictures: boolean;
}

function callOf(args: readonly string[]): Call {
  const { values, words } = readCall(args, OPTIONS, { words: true });
  const [folder, ...more] = words;
  if (folder === undefined || more.length > 0) throw new UsageError("Name one folder.");
  const { "title-en": en, "title-es": es, key, instructor, student, "dry-run": dryRun, "allow-missing-pictures": allowMissingPictures } = values;
  for (const title of [en, es]) if (title !== undefined && (title.trim() === "" || title.length > TITLE_CHARACTERS_MAX)) throw new UsageError(`A title has 1 to ${TITLE_CHARACTERS_MAX} characters.`);
  const title = en === undefined && es === undefined ? undefined : { ...(en === undefined ? {} : { en }), ...(es === undefined ? {} : { es }) };
  return { folder, title, key, instructors: instructor ?? [], students: student ?? [], dryRun: dryRun ?? false, allowMissingPictures: allowMissingPictures ?? false };
}

const LANGUAGES = { en: "English", es: "Spanish" } as const;

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;

function tallyText(tally: Tally): string {
  const parts = [`${tally.made} new`, `${tally.updated} updated`, `${tally.unchanged} unchanged`];
  if (tally.left.length > 0) parts.push(`${tally.left.length} left because they were edited here`);
  if (tally.binned.length > 0) parts.push(`${tally.binned.length} to the bin`);
  return parts.join(", ");
}

function printReport({ print }: CommandContext, plan: CoursePlan, report: ImportReport, dryRun: boolean): void {
  const name = report.title.en ?? report.title.es ?? plan.key;
  print(`${dryRun ? "Dry run, nothing was changed: " : ""}${report.isNew ? "Imported" : "Updated"} “${name}” (course ${report.courseId}).`);
  print(`  modules: ${plan.modules.length} (${tallyText(report.modules)})`);
  print(`  pages: ${plan.modules.reduce((sum, module) => sum + module.pages.length, 0)} (${tallyText(report.pages)})`);
  print(`  words: ${plan.languages.map((lang) => `${plan.words[lang]} ${lang}`).join(", ")}; ${count(report.pictures, "picture")}`);
  const untitled = plan.languages.filter((lang) => report.title[lang] === undefined);
  if (untitled.length > 0) print(`  there is no title in ${untitled.map((lang) => LANGUAGES[lang]).join(" and ")}; run it again with ${untitled.map((lang) => `--title-${lang} "…"`).join(" ")}`);
  for (const title of [...report.modules.left, ...report.pages.left]) print(`  left untouched, it was edited since the import: ${title}`);
  for (const title of report.pages.binned) print(`  no longer in the folder, moved to the bin: ${title}`);
  for (const person of report.people) print(`  ${person.role}: ${person.name} <${person.email}>`);
  if (report.people.length === 1 && report.isNew) print("  nobody else is in the course yet; run it again with --instructor <email> and --student <email> to add people");
  for (const warning of plan.warnings) print(`  warning: ${placeText(warning)}: ${warning.message}`);
  print(plan.warnings.length === 0 ? "No warnings." : `${count(plan.warnings.length, "warning")}.`);
}

async function run(context: CommandContext, args: readonly string[]): Promise<void> {
  const call = callOf(args);
  const { database, clock, random, log, config } = context;
  const hints = createHints({ carrier: await openHintCarrier(config, { database, random, log, exclusive: false }), random, log });
  try {
    const plan = planCourse(await readCourseFolder(isAbsolute(call.folder) ? call.folder : join(context.folder, call.folder), call.key), call);
    const blobs = new FolderBlobStore({ folder: blobFolder(config.dataDir), random });
    const people = { instructors: call.instructors, students: call.students };
    const report = await importCourse({ database, blobs, hints, clock, random }, plan, { by: fromCommandLine, ...(call.title ? { title: call.title } : {}), people, dryRun: call.dryRun });
    printReport(context, plan, report, call.dryRun);
  } catch (error) {
    if (error instanceof CodedError) throw new Error(`${error.message}\nNothing was changed.`, { cause: error });
    throw error;
  } finally {
    await hints.close();
  }
}

/** The verb `import-course`. */
export const importCourseCommand: Command = {
  verb: "import-course",
  usage: "<folder> [--title-en <title>] [--title-es <title>] [--instructor <email>]… [--student <email>]… [--key <name>] [--dry-run] [--allow-missing-pictures]",
  about: "Bring in a course: a folder of Markdown episodes with an en and an es side, or update the one that came from it.",
  details: [
    "The folder holds en/*.md and es/*.md (sorted by name; one side is enough), pictures, and a licence file.",
    "An episode begins with a line ---, its settings and another line ---: title (the module's name; without one the first heading, else the file's name),",
    "teaching and exercises (minutes), and questions, objectives and keypoints (lists of sentences). All may be left out.",
    "Each episode becomes a module; it is split into pages at its headings where both languages have the same ones.",
    "A second run updates what nobody has edited here since and says what it left. Anything malformed is named with file and line,",
    "and then nothing is changed. --key names the material if its folder was renamed (default: the folder's name).",
    "Without --title-en and --title-es a new course is called after its folder. With --allow-missing-pictures the description of a picture",
    "that is not in the folder is kept as words.",
    "Without --instructor and --student: Ana and Luis teach and Sofía and Ben study in the demo school; elsewhere the first administrator",
    "teaches, and a later run with these options adds people.",
  ].join("\n"),
  run,
};
