// The step from the text that staff write to the rows that students receive.
import { CodedError } from "@mochila/shared/errors.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { BODY_BYTES_MAX } from "@mochila/shared/limits.ts";
import { filesOf, PageContent, wordsOf } from "@mochila/shared/pages/content.ts";
import { type BodyItem, bodyId, type EditionItem, editionId, type PageItem } from "@mochila/shared/pages/schema.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Sql, Transaction } from "../db/database.ts";
import type { WriteDocuments } from "../sync/documents.ts";
import { inModule } from "./module-standing.ts";

export type ReadDocuments = (sql: Sql, collection: string, ids: readonly string[]) => Promise<Map<string, SyncedDocument>>;
/**
 * Lets everyone in the course read these file references, from now on, and says what they are. A reference of another course, or none, is
 * left out of the answer and stays as it was.
 */
export type ShareFiles = (
  transaction: Transaction,
  request: { readonly courseId: string; readonly files: readonly string[] },
) => Promise<readonly { readonly id: string; readonly bytes: number; readonly type: string }[]>;

export interface PublishParts {
  readonly writeDocuments: WriteDocuments;
  readonly readDocuments: ReadDocuments;
  readonly shareFiles: ShareFiles;
}

export interface Publication {
  /** The page as it stands in this transaction, or shall stand when it is made here. */
  readonly item: PageItem;
  /** The text by language. A language that is absent stays as it was published. */
  readonly contents: { readonly [lang in Language]?: PageContent | undefined };
  /** Milliseconds since 1970. */
  readonly at: number;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** One row a language, checked: what is too large to travel is refused before anything is written. */
function bodyOf(item: PageItem, lang: Language, content: PageContent): Omit<BodyItem, "rev"> {
  const bytes = bytesOf(content);
  if (bytes > BODY_BYTES_MAX) throw new CodedError("too_large", "the text of the page is larger than a page may be", { details: { lang, bytes, bytesMax: BODY_BYTES_MAX } });
  return { id: bodyId(item.id, lang), courseId: item.courseId, kind: "body", itemId: item.id, lang, content: PageContent.parse(content) };
}

/**
 * Publishes a page: its text row for each language given, the edition that says what there is without the text, the page itself as
 * published, and its pictures shared with the course, all in `transaction`. Students receive all of it or nothing. Returns the scopes to
 * hint at after the commit.
 */
export async function publishContent(transaction: Transaction, parts: PublishParts, { item, contents, at }: Publication): Promise<readonly Scope[]> {
  const stored = await parts.readDocuments(transaction, "items", [editionId(item.id), ...languages.map((lang) => bodyId(item.id, lang))]);
  const before = stored.get(editionId(item.id)) as EditionItem | undefined;
  const given = languages.flatMap((lang) => (contents[lang] ? [bodyOf(item, lang, contents[lang])] : []));
  const kept = languages.flatMap((lang) => (contents[lang] ? [] : ((stored.get(bodyId(item.id, lang)) as BodyItem | undefined) ?? [])));
  const files = [...new Set([...given, ...kept].flatMap((body) => filesOf(body.content)))];
  const shared = files.length > 0 ? await parts.shareFiles(transaction, { courseId: item.courseId, files }) : [];
  const edition: Omit<EditionItem, "rev"> = {
    id: editionId(item.id),
    courseId: item.courseId,
    kind: "edition",
    itemId: item.id,
    languages: Object.fromEntries([
      ...kept.map((body) => [body.lang, before?.languages[body.lang] ?? factsOf(body.content, at)]),
      ...given.map((body) => [body.lang, factsOf(body.content, at)]),
    ]) as EditionItem["languages"],
    files: shared.slice(0, 500).map(({ id, bytes, type }) => ({ id, bytes, type })),
  };
  const { rev: _, ...page } = item;
  const rows = await inModule(transaction, item, [edition, ...given]);
  return parts.writeDocuments(
    transaction,
    [{ ...page, state: "published" as const }, ...rows].map((document) => ({ collection: "items", document })),
  );
}

const factsOf = (content: PageContent, at: number) => ({ words: wordsOf(content), bytes: bytesOf(content), publishedAt: at });

/** Takes the rows of a page back from everyone: the page itself is already a draft or in the bin. */
export async function withdrawContent(transaction: Transaction, parts: Pick<PublishParts, "writeDocuments" | "readDocuments">, itemId: string): Promise<readonly Scope[]> {
  const stored = await parts.readDocuments(transaction, "items", [editionId(itemId), ...languages.map((lang) => bodyId(itemId, lang))]);
  const removals = [...stored.values()].map((document) => ({ collection: "items", document, deleted: true }));
  return removals.length > 0 ? parts.writeDocuments(transaction, removals) : [];
}
