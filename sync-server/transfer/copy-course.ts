import { courseScope, personScope, type Scope, staffScope } from "@mochila/shared/access/scope.ts";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { type BodyItem, bodyId, type PageItem } from "@mochila/shared/pages/schema.ts";
import { writeAudit } from "../audit/audit.ts";
import { createCourse } from "../courses/create-course.ts";
import type { Database, Transaction } from "../db/database.ts";
import { checkCourseQuota, shareFiles } from "../files/file-reference.ts";
import { publishContent } from "../pages/publish.ts";
import { putRoomContent, readRoomContent } from "../pages/room-content.ts";
import type { Hints } from "../sync/hints.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { type CopyJob, type CopyPart, newIdsOf, nextParts, noteParts, takeCopy } from "./copy-job.ts";
import { withFiles } from "./with-files.ts";

export interface CopyWorkerParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly hints: Pick<Hints, "publish">;
}

/** So many pages are one transaction: a long one takes a small computer some 100 ms. */
const PARTS_AT_ONCE = 3;
const FILES_AT_ONCE = 1_000;

/**
 * Duty: makes copies of courses: their modules, pages and texts, published and not, over the same files; never people, what they did or wrote for themselves.
 * Invariant: the parts and the note that they are done are one transaction that holds the copy's row. The course itself is made last: until then nobody receives anything of it.
 */
export class CopyWorker {
  readonly #parts: CopyWorkerParts;

  constructor(parts: CopyWorkerParts) {
    this.#parts = parts;
  }

  /** The next parts of the copy that has waited longest. False: there is none that nobody works at. */
  async step(): Promise<boolean> {
    const { database, hints } = this.#parts;
    let at: CopyJob | null = null;
    try {
      const scopes = await database.transaction(async (transaction) => {
        at = await takeCopy(transaction);
        return at && this.#part(transaction, at);
      });
      if (scopes) hints.publish(scopes);
      return scopes !== null;
    } catch (error) {
      // What cannot be copied will not be the next time either.
      if (!(error instanceof CodedError) || at === null) throw error;
      await this.#fail(at);
      return true;
    }
  }

  async #part(transaction: Transaction, job: CopyJob): Promise<readonly Scope[]> {
    const parts = await nextParts(transaction, job.id, FILES_AT_ONCE);
    const [first] = parts;
    if (!first) return this.#finish(transaction, job);
    const some = first.kind === "page" ? parts.slice(0, PARTS_AT_ONCE) : parts;
    if (first.kind === "file") await copyFiles(transaction, job, some);
    else if (first.kind === "module") await copyModules(transaction, job, some);
    else await this.#copyPages(transaction, job, some);
    await noteParts(transaction, job.id, some);
    return [];
  }

  async #copyPages(transaction: Transaction, job: CopyJob, parts: readonly CopyPart[]): Promise<void> {
    const [files, modules] = [await newIdsOf(transaction, job.id, "file"), await newIdsOf(transaction, job.id, "module")];
    const wanted = parts.flatMap(({ source_id }) => [source_id, ...languages.map((lang) => bodyId(source_id, lang))]);
    const documents = await readDocuments(transaction, "items", wanted);
    for (const { source_id, new_id } of parts) {
      const page = documents.get(source_id) as PageItem | undefined;
      const moduleId = modules.get(page?.moduleId ?? "");
      // Moved away or removed since the copy was asked for.
      if (!page || moduleId === undefined) continue;
      const { publish: _, ...kept } = page;
      const item: PageItem = { ...kept, id: new_id, rev: new_id, courseId: job.id, moduleId };
      const published = contentsOf(documents, source_id, files);
      await this.#writePage(transaction, item, published);
      await this.#fillRooms(transaction, { from: source_id, to: new_id }, { published, files });
    }
  }

  async #writePage(transaction: Transaction, item: PageItem, contents: Contents): Promise<void> {
    if (item.state === "published") await publishContent(transaction, { writeDocuments, readDocuments, shareFiles }, { item, contents, at: this.#parts.clock.now() });
    else await writeDocuments(transaction, [{ collection: "items", document: item }]);
  }

  /** The text as it stands in the editor, also where it is not published yet; else what is published. */
  async #fillRooms(transaction: Transaction, { from, to }: { from: string; to: string }, { published, files }: { published: Contents; files: ReadonlyMap<string, string> }): Promise<void> {
    const instance = newRev(this.#parts);
    for (const lang of languages) {
      const inRoom = await readRoomContent(transaction, pageRoom(from, lang));
      const content = inRoom ? withFiles(inRoom, files) : published[lang];
      if (content) await putRoomContent(transaction, { room: pageRoom(to, lang), content, instance });
    }
  }

  async #finish(transaction: Transaction, job: CopyJob): Promise<readonly Scope[]> {
    const source = (await readDocuments(transaction, "courses", [job.source_id])).get(job.source_id) as Course | undefined;
    const [instructor] = await transaction<{ id: string; name: string }[]>`select id, name from person where id = ${job.instructor_id}`;
    if (!source || !instructor) throw new CodedError("invalid_input", "The course is gone.");
    const { rev: _, ...kept } = source;
    const course = { ...kept, id: job.id, courseId: job.id, title: job.title, state: "draft" as const };
    const scopes = await createCourse(transaction, { course, instructor: { userId: instructor.id, name: instructor.name } });
    await this.#end(transaction, job, "done");
    await writeAudit(transaction, this.#parts, { by: { userId: job.by_id }, action: "course.copy", object: { kind: "course", id: job.id }, details: { from: job.source_id } });
    return [...scopes, courseScope(job.id), staffScope(job.id), personScope(instructor.id)];
  }

  #fail(job: CopyJob): Promise<unknown> {
    return this.#parts.database.transaction((transaction) => this.#end(transaction, job, "failed"));
  }

  #end(transaction: Transaction, { id }: CopyJob, state: "done" | "failed"): Promise<unknown> {
    return transaction`update course_copy set state = ${state}, ended_at = ${new Date(this.#parts.clock.now())} where id = ${id}`;
  }
}

type Contents = { [lang in Language]?: PageContent };

function contentsOf(documents: ReadonlyMap<string, unknown>, pageId: string, files: ReadonlyMap<string, string>): Contents {
  const contents: Contents = {};
  for (const lang of languages) {
    const body = documents.get(bodyId(pageId, lang)) as BodyItem | undefined;
    if (body) contents[lang] = withFiles(body.content, files);
  }
  return contents;
}

/** Other references to the same bytes; who sees them is decided anew. */
async function copyFiles(transaction: Transaction, job: CopyJob, parts: readonly CopyPart[]): Promise<void> {
  const [sum] = await transaction<{ bytes: number }[]>`select coalesce(sum(bytes), 0)::float8 as bytes from file_ref where id = any(${parts.map(({ source_id }) => source_id)}::uuid[])`;
  await checkCourseQuota(transaction, job.id, sum?.bytes ?? 0);
  await transaction`
    insert into file_ref (id, course_id, owner_id, scope, hash, name, type, bytes, sent_bytes)
    select part.new_id, ${job.id}, null, 'cs', file.hash, file.name, file.type, file.bytes, file.sent_bytes
    from unnest(${parts.map(({ source_id }) => source_id)}::uuid[], ${parts.map(({ new_id }) => new_id)}::uuid[]) as part (source_id, new_id) join file_ref as file on file.id = part.source_id`;
}

async function copyModules(transaction: Transaction, job: CopyJob, parts: readonly CopyPart[]): Promise<void> {
  const modules = await readDocuments(transaction, "modules", parts.map(({ source_id }) => source_id));
  const writes = parts.flatMap(({ source_id, new_id }) => {
    const module = modules.get(source_id) as Module | undefined;
    return module ? [{ collection: "modules", document: { ...module, id: new_id, courseId: job.id } }] : [];
  });
  await writeDocuments(transaction, writes);
}

