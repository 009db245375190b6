import { pageRoom } from "@mochila/shared/collab/room.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import type { PageItem } from "@mochila/shared/pages/schema.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { roomHint } from "../collab/store.ts";
import { shareFiles } from "../files/file-reference.ts";
import { putRoomContent, roomOrigin } from "../pages/room-content.ts";
import { publishContent, withdrawContent } from "../pages/publish.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import type { PlannedModule, PlannedPage } from "./course-plan.ts";
import { type ImportRun, newTally, type Tally } from "./import-run.ts";
import { titleText } from "./import-modules.ts";
import { type ImportedPart, isUntouched, partHash } from "./import-state.ts";
import { orderKeys } from "./order-keys.ts";
import { withFiles } from "./with-files.ts";

interface Placed {
  readonly module: PlannedModule;
  readonly page: PlannedPage;
  readonly id: string;
  readonly order: string;
  readonly part: ImportedPart | undefined;
}
interface PageRun {
  readonly run: ImportRun;
  readonly instance: string;
  readonly files: ReadonlyMap<string, string>;
  readonly moduleIds: ReadonlyMap<string, string>;
  readonly current: ReadonlyMap<string, SyncedDocument>;
  readonly tally: Tally;
}

const PREFIX = "page:";
const partOf = (page: PlannedPage): string => PREFIX + page.key;

/** Whether somebody changed the page or wrote in one of its rooms since the import. */
async function isEdited({ run, current }: PageRun, { id, part }: Pick<Placed, "id" | "part">): Promise<boolean> {
  if (!part) return false;
  if (!isUntouched(part, current.get(id))) return true;
  for (const lang of languages) if ((await roomOrigin(run.transaction, pageRoom(id, lang))) === "edited") return true;
  return false;
}

const hashOfPage = ({ page, order }: Placed, moduleId: string): string => partHash([page.title, page.contents, order, moduleId]);

async function writePage(pages: PageRun, placed: Placed): Promise<void> {
  const { run, files, moduleIds, tally, instance } = pages;
  const { transaction, parts, scopes, courseId, deps } = run;
  const moduleId = moduleIds.get(placed.module.key) ?? "";
  const hash = hashOfPage(placed, moduleId);
  const { page, part, id, order } = placed;
  const keep = (kept: ImportedPart) => void parts.set(partOf(page), kept);
  if (part && (await isEdited(pages, placed))) {
    tally.left.push(titleText(page.title));
    return keep(part);
  }
  if (part?.hash === hash) {
    tally.unchanged += 1;
    return keep(part);
  }
  const item: PageItem = { id, rev: part?.rev ?? id, courseId, kind: "page", moduleId, title: page.title, order, state: "published" };
  const contents: { [lang in Language]?: PageContent } = {};
  for (const lang of languages) if (page.contents[lang]) contents[lang] = withFiles(page.contents[lang], files);
  const published = await publishContent(transaction, { writeDocuments, readDocuments, shareFiles }, { item, contents, at: deps.clock.now() });
  for (const scope of published) scopes.add(scope);
  for (const lang of languages) {
    const content = contents[lang];
    if (!content) continue;
    await putRoomContent(transaction, { room: pageRoom(id, lang), content, instance });
    scopes.add(roomHint(instance, pageRoom(id, lang)));
  }
  if (part) tally.updated += 1;
  else tally.made += 1;
  keep({ documentId: id, rev: null, hash });
}

/** What the folder no longer holds goes to the bin, from where it can be restored; what somebody edited stays. */
async function binVanished(pages: PageRun, planned: ReadonlySet<string>): Promise<void> {
  const { run, tally, current } = pages;
  for (const [name, part] of run.before?.parts ?? []) {
    if (!name.startsWith(PREFIX) || planned.has(name)) continue;
    const document = current.get(part.documentId) as PageItem | undefined;
    run.parts.set(name, part);
    if (document?.state !== "published") continue;
    if (await isEdited(pages, { id: part.documentId, part })) {
      tally.left.push(titleText(document.title));
      continue;
    }
    await writeDocuments(run.transaction, [{ collection: "items", document: { ...document, state: "trashed" } }]);
    await withdrawContent(run.transaction, { writeDocuments, readDocuments }, part.documentId);
    // Another hash than any text has: if the episode comes back, the page is published again.
    run.parts.set(name, { ...part, rev: null, hash: partHash("binned") });
    tally.binned.push(titleText(document.title));
  }
}

function place(run: ImportRun, current: ReadonlyMap<string, SyncedDocument>): Placed[] {
  return run.plan.modules.flatMap((module) => {
    const known = new Map(module.pages.map((page) => [page.key, run.before?.parts.get(partOf(page))]));
    const existing = new Map(
      module.pages.flatMap((page) => {
        const document = current.get(known.get(page.key)?.documentId ?? "") as PageItem | undefined;
        return document ? [[page.key, document.order] as const] : [];
      }),
    );
    const orders = orderKeys(module.pages.map(({ key }) => key), existing);
    return module.pages.map((page, index) => {
      const part = known.get(page.key);
      return { module, page, part, id: part?.documentId ?? newId(run.deps), order: orders[index] ?? "V" };
    });
  });
}

/** Makes, updates or leaves every page, publishes it, and fills its rooms, so that the editor opens with the text. */
export async function writePages(run: ImportRun, { files, moduleIds }: Pick<PageRun, "files" | "moduleIds">): Promise<Tally> {
  const known = [...(run.before?.parts ?? [])].filter(([name]) => name.startsWith(PREFIX)).map(([, part]) => part.documentId);
  const current = await readDocuments(run.transaction, "items", known);
  const pages: PageRun = { run, instance: newRev(run.deps), files, moduleIds, current, tally: newTally() };
  const placed = place(run, current);
  for (const one of placed) await writePage(pages, one);
  await binVanished(pages, new Set(placed.map(({ page }) => partOf(page))));
  const written = [...run.parts].filter(([name, part]) => name.startsWith(PREFIX) && part.rev === null);
  const after = await readDocuments(run.transaction, "items", written.map(([, part]) => part.documentId));
  for (const [name, part] of written) {
    const document = after.get(part.documentId);
    assert(document, "a page that was written is there");
    run.parts.set(name, { ...part, rev: document.rev });
  }
  return pages.tally;
}
