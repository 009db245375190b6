import type { Verb } from "@mochila/shared/activity/event.ts";
import { drafts } from "@mochila/shared/drafts/schema.ts";
import { progress } from "@mochila/shared/progress/schema.ts";
import { collections } from "@mochila/shared/registry.ts";
import { tableOf } from "../sync/store.ts";
import { among, course, type Gathering, kinds, page, PORTION, type Row, type Section, when, type Words } from "./section.ts";

const titleOf = (alias: string, { sql }: Gathering) => sql`coalesce(${sql(alias)}.body -> 'title' ->> 'en', ${sql(alias)}.body -> 'title' ->> 'es')`;

const notes: Section = {
  name: "notes",
  title: { en: "Your notes", es: "Tus notas" },
  about: { en: "What you wrote for yourself beside the pages.", es: "Lo que escribiste para ti junto a las páginas." },
  columns: { course, page, text: { en: "Note", es: "Nota" }, changedAt: { en: "Changed", es: "Cambiada" } },
  rows: (gathering) => {
    const { sql, userId } = gathering;
    // By the feed of what is only theirs: documents have no index by their owner.
    return sql`
      select note.id, note.course_id as "courseId", ${titleOf("course", gathering)} as course, note.body ->> 'itemId' as "pageId", ${titleOf("item", gathering)} as page,
        note.body ->> 'kind' as kind, note.body ->> 'body' as text, to_timestamp((note.body ->> 'createdAt')::double precision / 1000) as "createdAt", note.updated_at as "changedAt"
      from scope join scope_doc as entry on entry.scope_id = scope.id and entry.coll = ${drafts.number} and entry.op = 'P' join doc_drafts as note on note.id = entry.doc_id
        left join doc_courses as course on course.id = note.course_id left join doc_items as item on item.id = (note.body ->> 'itemId')::uuid
      where scope.name = ${`u:${userId}`} and note.owner_id = ${userId}::uuid and not note.deleted order by note.updated_at`.cursor(PORTION);
  },
};

const noteVersions: Section = {
  name: "noteVersions",
  title: { en: "Earlier versions of your notes", es: "Versiones anteriores de tus notas" },
  about: { en: "Kept for a week.", es: "Se guardan una semana." },
  columns: { at: { en: "Replaced", es: "Sustituida" }, text: { en: "Note", es: "Nota" } },
  rows: ({ sql, userId }) => sql`
    select history.document as "noteId", history.at, history.body ->> 'body' as text
    from scope join scope_doc as entry on entry.scope_id = scope.id and entry.coll = ${drafts.number} join doc_drafts as note on note.id = entry.doc_id
      join doc_history as history on history.document = note.id and history.coll = ${drafts.number}
    where scope.name = ${`u:${userId}`} and note.owner_id = ${userId}::uuid order by history.id`.cursor(PORTION),
};

const learning: Section = {
  name: "progress",
  title: { en: "Your progress", es: "Tu progreso" },
  about: { en: "What you opened, marked as done and wanted to find again.", es: "Lo que abriste, marcaste como hecho y quisiste volver a encontrar." },
  columns: { course, page, done: { en: "Done", es: "Hecho" }, seenAt: { en: "First opened", es: "Abierto por primera vez" }, bookmarked: { en: "Bookmark", es: "Marcador" } },
  rows: (gathering) => {
    const { sql, userId } = gathering;
    return sql`
      select row.course_id as "courseId", ${titleOf("course", gathering)} as course, row.body ->> 'itemId' as "pageId", ${titleOf("item", gathering)} as page,
        (row.body -> 'done' ->> 'value')::boolean as done, to_timestamp((row.body -> 'done' ->> 'at')::double precision / 1000) as "doneAt",
        to_timestamp((row.body ->> 'seenAt')::double precision / 1000) as "seenAt", (row.body ->> 'score')::double precision as score,
        (row.body -> 'bookmark' ->> 'value')::boolean as bookmarked, row.body -> 'position' as position
      from scope join scope_doc as entry on entry.scope_id = scope.id and entry.coll = ${progress.number} and entry.op = 'P' join doc_progress as row on row.id = entry.doc_id
        left join doc_courses as course on course.id = row.course_id left join doc_items as item on item.id = (row.body ->> 'itemId')::uuid
      where scope.name = ${`u:${userId}`} and row.owner_id = ${userId}::uuid and not row.deleted order by row.updated_at`.cursor(PORTION);
  },
};

/** What of a person has a section of its own. */
const SHOWN = new Set(["members", drafts.name, progress.name]);

/** Whatever else is a person's and goes to their devices: a new collection is in the copy before anybody thinks of it. */
const others: Section = {
  name: "otherDocuments",
  title: { en: "Other documents of yours", es: "Otros documentos tuyos" },
  about: { en: "As your devices have them.", es: "Como los tienen tus dispositivos." },
  columns: { collection: { en: "Kind", es: "Tipo" }, document: { en: "Content", es: "Contenido" }, changedAt: { en: "Changed", es: "Cambiado" } },
  called: { collection: kinds },
  async *rows({ sql, userId }) {
    for (const definition of collections.filter(({ name }) => !SHOWN.has(name))) {
      yield* sql<Row[]>`
        select ${definition.name} as collection, one.id, one.course_id as "courseId", one.body as document, one.updated_at as "changedAt"
        from scope join scope_doc as entry on entry.scope_id = scope.id and entry.coll = ${definition.number} and entry.op = 'P' join ${sql(tableOf(definition))} as one on one.id = entry.doc_id
        where scope.name = ${`u:${userId}`} and one.owner_id = ${userId}::uuid and not one.deleted order by one.updated_at`.cursor(PORTION);
    }
  },
};

const refused: Section = {
  name: "refused",
  title: { en: "What could not be taken", es: "Lo que no se pudo aceptar" },
  about: { en: "Work of yours that the school refused in the last month.", es: "Trabajo tuyo que la escuela rechazó en el último mes." },
  columns: { at: when, collection: { en: "Kind", es: "Tipo" }, document: { en: "Content", es: "Contenido" } },
  called: { collection: kinds },
  rows: ({ sql, userId }) => sql`select at, collection, document as id, code, body as document from push_reject where user_id = ${userId} order by id`.cursor(PORTION),
};

const files: Section = {
  name: "files",
  title: { en: "Your files", es: "Tus archivos" },
  about: { en: "What you brought; the files themselves are in the folder `files`.", es: "Lo que aportaste; los archivos están en la carpeta `files`." },
  columns: { name: { en: "File", es: "Archivo" }, course, bytes: { en: "Bytes", es: "Bytes" }, createdAt: when },
  rows: (gathering) => gathering.sql`
    select file.id, file.name, file.type, file.bytes, file.course_id as "courseId", ${titleOf("course", gathering)} as course, file.created_at as "createdAt"
    from file_ref as file left join doc_courses as course on course.id = file.course_id where file.owner_id = ${gathering.userId} order by file.created_at`.cursor(PORTION),
};

const verbWords: Readonly<Record<Verb, Words>> = {
  "page.opened": { en: "Opened a page", es: "Abriste una página" },
  "page.left": { en: "Left a page", es: "Dejaste una página" },
  "page.viewed": { en: "Read a page", es: "Leíste una página" },
  "item.completed": { en: "Marked as done", es: "Marcaste como hecho" },
  "item.reopened": { en: "Marked as not done", es: "Marcaste como no hecho" },
  "solution.revealed": { en: "Looked at a solution", es: "Miraste una solución" },
  "course.kept": { en: "Kept a course on the device", es: "Guardaste un curso en el dispositivo" },
  "page.edited": { en: "Wrote in a page", es: "Escribiste en una página" },
};

const events: Section = {
  name: "events",
  title: { en: "Your activity", es: "Tu actividad" },
  about: {
    en: "What your devices told of how you study: which page, for how long. The school counts it.",
    es: "Lo que tus dispositivos contaron de cómo estudias: qué página, cuánto tiempo. La escuela lo cuenta.",
  },
  columns: { happenedAt: when, verb: { en: "What", es: "Qué" }, durationMs: { en: "Milliseconds", es: "Milisegundos" } },
  called: { verb: among(verbWords) },
  async *rows({ sql, userId, counted }) {
    // The newest are here; older ones only where they are counted.
    const here = new Set<string>();
    const newest = sql<{ id: string }[]>`
      select event_id as id, course_id as "courseId", item_id as "itemId", verb, lang, duration_ms::double precision as "durationMs", happened_at as "happenedAt", received_at as "receivedAt"
      from event_raw where user_id = ${userId} order by happened_at`.cursor(PORTION);
    for await (const rows of newest) {
      for (const { id } of rows) here.add(id);
      yield rows;
    }
    if (!counted) return;
    const courses = await sql<{ id: string }[]>`select course_id as id from doc_members where owner_id = ${userId}::uuid`;
    for await (const rows of counted(courses.map(({ id }) => id))) {
      yield rows.filter(({ id }) => !here.has(id)).map(({ happenedAt, receivedAt, ...row }) => ({ ...row, happenedAt: new Date(happenedAt), receivedAt: new Date(receivedAt) }));
    }
  },
};

const streams: Section = {
  name: "activityDevices",
  title: { en: "Devices that told of activity", es: "Dispositivos que contaron actividad" },
  about: { en: "One line a device.", es: "Una línea por dispositivo." },
  columns: { createdAt: { en: "First", es: "Primera vez" }, lastReceivedAt: { en: "Last", es: "Última vez" } },
  rows: ({ sql, userId }) => sql`select stream_id as id, last_seq as events, created_at as "createdAt", last_received_at as "lastReceivedAt" from event_stream where user_id = ${userId} order by created_at`.cursor(PORTION),
};

export const workSections: readonly Section[] = [notes, noteVersions, learning, others, refused, files, events, streams];
