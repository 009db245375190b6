import { courses } from "@mochila/shared/courses/access.ts";
import { modules } from "@mochila/shared/courses/module.ts";
import { items } from "@mochila/shared/pages/schema.ts";
import { changedFields, own } from "@mochila/shared/sync/change.ts";
import * as Y from "yjs";
import { type Gathering, kinds, page, PORTION, type Row, type Section, when } from "./section.ts";

/** Courses that the person wrote in: as staff, now or once. What they wrote stands among what others wrote, and is found from the courses. */
const written = ({ sql, userId }: Gathering) => sql`select course_id from doc_members where owner_id = ${userId}::uuid and body ->> 'role' in ('instructor', 'assistant')`;

interface Change {
  readonly collection: string;
  readonly id: string;
  readonly at: Date;
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown> | null;
}

/** Only what the person put there; what stood before may be somebody else's. Of a publication not the state of the text: it is everybody's. */
function toRow({ collection, id, at, before, after }: Change): Row {
  const names = after === null ? [] : changedFields(before, after);
  const valueOf = (name: string) => (name === "publish" ? { ...(own(after ?? {}, name) as object), state: undefined } : own(after ?? {}, name));
  return { collection, id, at, removed: after === null, changed: Object.fromEntries(names.map((name) => [name, valueOf(name)])) };
}

const changes: Section = {
  name: "courseChanges",
  title: { en: "Your changes to courses", es: "Tus cambios en los cursos" },
  about: {
    en: "Titles, order and publications that you changed, with what you put there.",
    es: "Títulos, orden y publicaciones que cambiaste, con lo que pusiste.",
  },
  columns: { at: when, collection: { en: "Kind", es: "Tipo" }, changed: { en: "What you put there", es: "Lo que pusiste" } },
  called: { collection: kinds },
  async *rows(gathering) {
    const { sql, userId } = gathering;
    for (const [definition, table] of [[courses, "doc_courses"], [modules, "doc_modules"], [items, "doc_items"]] as const) {
      // What replaced a version is the next one of its document.
      const portions = sql<Change[]>`
        select ${definition.name} as collection, version.document as id, version.at, version.body as before,
          coalesce((select body from doc_history as next where next.document = version.document and next.coll = ${definition.number} and next.id > version.id order by next.id limit 1),
            case when not one.deleted then one.body end) as after
        from ${sql(table)} as one join doc_history as version on version.document = one.id and version.coll = ${definition.number}
        where one.course_id in (${written(gathering)}) and version.replaced_by = ${userId}::uuid order by version.id`.cursor(PORTION);
      for await (const portion of portions) yield portion.map(toRow);
    }
  },
};

/** The text that an update inserts, in its order. Every stored update was tried before it was stored. */
function insertedText(update: Uint8Array): string {
  return Y.decodeUpdate(update).structs.map((struct) => (struct instanceof Y.Item && struct.content instanceof Y.ContentString ? struct.content.str : "")).filter((text) => text !== "").join("\n");
}

const typed: Section = {
  name: "typedInPages",
  title: { en: "What you typed in pages", es: "Lo que escribiste en las páginas" },
  about: {
    en: "As it came, until the page was put together: from then on nobody can tell who wrote which word.",
    es: "Como llegó, hasta que se unió la página: desde entonces nadie puede decir quién escribió cada palabra.",
  },
  columns: { at: when, page, text: { en: "Text", es: "Texto" } },
  async *rows(gathering) {
    const { sql, userId } = gathering;
    const portions = sql<{ at: Date; pageId: string; page: string; language: string; upd: Uint8Array }[]>`
      select log.at, item.id as "pageId", coalesce(item.body -> 'title' ->> 'en', item.body -> 'title' ->> 'es') as page, language, log.upd
      from doc_items as item cross join unnest(array['en', 'es']) as language join ydoc_update as log on log.room = 'page:' || item.id || ':' || language
      where item.course_id in (${written(gathering)}) and item.body ->> 'kind' = 'page' and log.actor = ${userId}::uuid order by log.id`.cursor(PORTION);
    for await (const portion of portions) yield portion.map(({ upd, ...row }) => ({ ...row, text: insertedText(upd) })).filter(({ text }) => text !== "");
  },
};

export const authorshipSections: readonly Section[] = [changes, typed];
