import { courseScope, staffScope } from "@mochila/shared/access/scope.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import { writeAudit } from "../audit/audit.ts";
import { checkCourseQuota, insertFile } from "../files/file-reference.ts";
import { safeName } from "../files/uploads.ts";
import { createCourse } from "../courses/create-course.ts";
import { note } from "../courses/place.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import type { CoursePlan } from "./course-plan.ts";
import { type Participant, peopleOfNewCourse, peopleToAdd, placeAll } from "./import-people.ts";
import { writeModules } from "./import-modules.ts";
import { writePages } from "./import-pages.ts";
import type { ImportChoices, ImportDeps, ImportReport, ImportRun, Tally } from "./import-run.ts";
import { isUntouched, keepImportState, partHash, readImportState } from "./import-state.ts";

/** Undoes the transaction of a dry run and carries its report out. */
class DryRun extends Error {
  constructor(readonly report: ImportReport) {
    super("dry run");
  }
}

const titleFromKey = (key: string): string => {
  const words = key.replaceAll(/[-_]+/gu, " ").trim() || "Course";
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function courseDocument(run: ImportRun, choices: ImportChoices, current: Course | undefined): Omit<Course, "rev"> {
  // The folder's name is in one language; nothing is invented for the other.
  const [first = "en"] = run.plan.languages;
  const title = { ...(current?.title ?? (choices.title ? {} : { [first]: titleFromKey(run.plan.key) })), ...choices.title };
  const description = choices.description ?? current?.description ?? {};
  return {
    id: run.courseId,
    courseId: run.courseId,
    title,
    description,
    languages: [...run.plan.languages],
    state: "published",
    ...(run.plan.source === null ? {} : { source: run.plan.source }),
  };
}

/** Makes the course with its people, or brings it up to date if nobody changed it. `written`: something of the course itself. */
async function writeCourse(run: ImportRun, choices: ImportChoices): Promise<{ title: Localized<string>; people: Participant[]; written: boolean }> {
  const { transaction, courseId, before } = run;
  const current = (await readDocuments(transaction, "courses", [courseId])).get(courseId) as Course | undefined;
  const course = courseDocument(run, choices, current);
  const part = before?.parts.get("course");
  const people = part ? await peopleToAdd(transaction, choices.people) : await peopleOfNewCourse(transaction, choices.people);
  const [first] = people;
  const written: string[] = [];
  if (!part && first) {
    written.push(...(await createCourse(transaction, { course, instructor: first })));
    await note(transaction, run.deps, "member.add", { courseId, userId: first.userId, by: choices.by, role: "instructor" });
  }
  if (part && isUntouched(part, current)) written.push(...(await writeDocuments(transaction, [{ collection: "courses", document: course }])));
  for (const scope of [...written, ...(await placeAll(transaction, run.deps, { courseId, by: choices.by }, people))]) run.scopes.add(scope);
  const after = (await readDocuments(transaction, "courses", [courseId])).get(courseId);
  const own = !part || isUntouched(part, current);
  run.parts.set("course", { documentId: courseId, rev: own ? (after?.rev ?? null) : (part?.rev ?? null), hash: partHash(course) });
  return { title: course.title, people, written: written.length > 0 };
}

/** A reference for each picture: the one of the last run where the bytes are the same, else a new one. By placeholder. */
async function writePictures(run: ImportRun, hashes: ReadonlyMap<string, Uint8Array>): Promise<Map<string, string>> {
  const { transaction, deps, plan, courseId, before } = run;
  const ids = new Map<string, string>();
  for (const { placeholder, path, image } of plan.pictures) {
    const part = `file:${path}`;
    const hash = Buffer.from(hashes.get(placeholder) ?? new Uint8Array(32)).toString("hex");
    const known = before?.parts.get(part);
    const [still] = known?.hash === hash ? await transaction`select 1 from file_ref where id = ${known.documentId} and course_id = ${courseId}` : [];
    const id = still && known ? known.documentId : newId(deps);
    if (!still) {
      await checkCourseQuota(transaction, courseId, image.bytes.length);
      const sizes = { bytes: image.bytes.length, sentBytes: image.bytes.length };
      await insertFile(transaction, { id, courseId, ownerId: null, scope: "cs", hash: Buffer.from(hash, "hex"), name: safeName(path), type: image.type, ...sizes });
    }
    run.parts.set(part, { documentId: id, rev: null, hash });
    ids.set(placeholder, id);
  }
  return ids;
}

/** Two folders of one name are not one course: without any episode in common the second would replace the first. */
function checkSameMaterial({ before, plan }: ImportRun): void {
  if (!before || plan.modules.some(({ key }) => before.parts.has(`module:${key}`))) return;
  throw new CodedError("invalid_input", `Another course came from a folder named “${plan.key}” and has no episode in common with this one. If this is new material, give it a name of its own with --key.`);
}

async function importIn(run: ImportRun, choices: ImportChoices, hashes: ReadonlyMap<string, Uint8Array>): Promise<ImportReport> {
  checkSameMaterial(run);
  const { title, people, written } = await writeCourse(run, choices);
  const files = await writePictures(run, hashes);
  const modules = await writeModules(run);
  const pages = await writePages(run, { files, moduleIds: modules.ids });
  await keepImportState(run.transaction, run.plan.key, { courseId: run.courseId, parts: run.parts });
  const report = { courseId: run.courseId, title, isNew: run.before === null, modules: modules.tally, pages, pictures: run.plan.pictures.length, people };
  const changed = { modules: changesOf(modules.tally), pages: changesOf(pages) };
  if (written || changed.modules + changed.pages > 0) {
    await writeAudit(run.transaction, run.deps, { by: choices.by, action: "course.import", object: { kind: "course", id: run.courseId }, details: { folder: run.plan.key, isNew: report.isNew, ...changed } });
  }
  return report;
}

const changesOf = ({ made, updated, binned }: Tally): number => made + updated + binned.length;

/**
 * Brings a planned course into the database: made, or updated where nobody has changed it since. One transaction: after any failure the
 * database is as it was. Blobs are written before it; one that nothing refers to is collected later.
 */
export async function importCourse(deps: ImportDeps, plan: CoursePlan, choices: ImportChoices): Promise<ImportReport> {
  const { database, blobs, hints } = deps;
  const hashes = new Map<string, Uint8Array>();
  for (const { placeholder, image } of choices.dryRun ? [] : plan.pictures) hashes.set(placeholder, await blobs.put(image.bytes));
  const scopes = new Set<string>();
  try {
    const report = await database.transaction(async (transaction) => {
      scopes.clear();
      const before = await readImportState(transaction, plan.key);
      const courseId = before?.courseId ?? newId(deps);
      const run: ImportRun = { transaction, deps, plan, courseId, before, parts: new Map(), scopes };
      const done = await importIn(run, choices, hashes);
      if (choices.dryRun) throw new DryRun(done);
      return done;
    });
    hints.publish([...scopes, courseScope(report.courseId), staffScope(report.courseId)]);
    return report;
  } catch (error) {
    if (error instanceof DryRun) return error.report;
    throw error;
  }
}
