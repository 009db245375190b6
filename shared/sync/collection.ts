import type * as z from "zod/mini";
import type { Actor } from "../access/actor.ts";
import type { Scope } from "../access/scope.ts";

/** What the engine knows of any document. */
export interface SyncedDocument {
  readonly id: string;
  readonly rev: string;
  readonly [field: string]: unknown;
}

/**
 * How one field behaves in a push.
 * `writer`: "client" may change it; "creation" is set when the document is made and never again; "server" never comes from a device.
 * `merge`: what happens when the person's base is older than the master. Every rule is idempotent, because a device may offer
 * two quick edits with the same base (SYNC.md B.3, DECISIONS 3): the same input twice must give the same result.
 */
export interface FieldRule {
  readonly writer: "client" | "creation" | "server";
  readonly merge?: "last" | "maximum" | "minimum" | "latest" | "paragraphs" | "set";
  /**
   * For "creation": two devices that made the same document without knowing of each other may differ in it, and what arrived first
   * stands. Never for a field that says whose the document is or who may see it.
   */
  readonly firstStands?: true;
  /** The version of the documents in which the field came. Who writes an earlier one does not know it and has not taken it out (W4). */
  readonly since?: number;
}

/** Makes a document of one version one of the next: only what the step is about. Pure; the same twice gives the same. */
export type Upgrade = (older: Readonly<Record<string, unknown>>) => Record<string, unknown>;
/** Whose a document is, as it stays known after its removal. */
export interface DocumentPlace {
  readonly courseId: string | null;
  readonly userId: string | null;
}

type Fields<Document> = Document extends unknown ? Exclude<keyof Document, "id" | "rev"> : never;

/**
 * One line of the registry: what a feature declares so that the engines carry its documents without knowing it.
 * Every function is pure and runs on both sides.
 */
export interface CollectionDefinition<Document extends SyncedDocument = SyncedDocument> {
  readonly name: string;
  /** The collection in the feed: small, stable, never reused. */
  readonly number: number;
  /** Of the form of its documents: one more with every change of `schema` or `fields` (W3). Devices keep a store for each. */
  readonly version: number;
  /** By the version from which it leads to the next. Absent where a version only added what may be absent. */
  readonly upgrades?: { readonly [from: number]: Upgrade };
  /** Who knows only earlier versions cannot read today's documents and is told to update (W5). Default 1: everybody can. */
  readonly readableSince?: number;
  readonly schema: z.ZodMiniType<Document>;
  /** Who writes each field of each kind: a field of the schema without its line, and a line without its field, do not compile. */
  readonly fields: { readonly [Field in Fields<Document>]: FieldRule };
  /** Exactly the scopes that receive the document as it stands. */
  scopesOf(document: Document): Scope[];
  /** Decided on the document that is to be: may this actor make it? */
  mayCreate(actor: Actor, next: Document): boolean;
  /** Decided on the master, never on what the device sends. */
  mayUpdate(actor: Actor, current: Document, next: Document): boolean;
  /** Devices delete only what belongs to one person alone; everything else moves to the bin. */
  mayDelete(actor: Actor, current: Document): boolean;
  /**
   * Who may see what the document was before, decided on what stays of it also when it is removed. Absent: nobody. Whoever may, may see
   * every version: no earlier one may hold what its reader must not know.
   */
  mayReadHistory?(actor: Actor, place: DocumentPlace): boolean;
  /** Nobody but its person sees it: also not an administrator who looks at the school as them. */
  readonly personal?: true;
  /** Bytes of JSON that one document may have when a device writes it. */
  readonly bytesMax: number;
  /** Which replaced versions the server keeps: all (default), the last 50 or 7 days, or none. */
  readonly history?: "full" | "recent" | "none";
  /** Fields that no query looks into: a device keeps each as one text. */
  readonly opaque?: readonly string[];
  /** A local write is sent so long (ms) after the last one, not at once: for text that is written while a person types. */
  readonly sendAfterMs?: number;
}

/** What holds for a field of whatever name; undefined: the collection has none of it. */
export function ruleOf(definition: CollectionDefinition, field: string): FieldRule | undefined {
  const rules: Readonly<Record<string, FieldRule>> = definition.fields;
  return Object.hasOwn(rules, field) ? rules[field] : undefined;
}
