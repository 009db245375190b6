// What somebody hostile would push of one document: every field of every kind that is not theirs to write, in every way a row can say it.
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { own, sameValue } from "@mochila/shared/sync/change.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import type * as z from "zod/mini";
import { fitting } from "./test-fitting.ts";
import type { Fields } from "./documents.ts";

export type Shape = Readonly<Record<string, z.ZodMiniType>>;

/** The kinds of document of a collection, as its schema has them. */
export function shapesOf({ schema }: Pick<CollectionDefinition, "schema">): { readonly schema: z.ZodMiniType; readonly shape: Shape }[] {
  const { def } = (schema as unknown as { _zod: { def: { options?: z.ZodMiniType[]; shape?: Shape } } })._zod;
  return (def.options ?? [schema]).map((one) => ({ schema: one, shape: (one as unknown as { _zod: { def: { shape: Shape } } })._zod.def.shape }));
}

/** A document as it stands, seen by who would write it. */
export interface Target {
  readonly definition: CollectionDefinition;
  readonly shape: Shape;
  readonly master: SyncedDocument;
  /** A change that who may write the document may make. */
  readonly change: Fields;
  readonly mayWrite: boolean;
  readonly mayDelete: boolean;
  /** Ids of what exists and is not the document's: another course, another person, another page. */
  readonly otherIds: readonly string[];
}

export interface Attack {
  readonly what: string;
  readonly row: PushRow;
  readonly version: number;
  /** Which fields may be others afterwards. */
  readonly may: readonly string[];
}

const isId = (schema: z.ZodMiniType): boolean => schema.safeParse("00000000-0000-7000-8000-000000000000").success && !schema.safeParse("a").success;

/** Names that are no field of ours: of the engine, of the tables, of RxDB, and of every object. */
const FOREIGN = ["isAdmin", "ownerId", "owner_id", "course_id", "body", "deleted", "xid", "_rev", "_meta", "_attachments", "__proto__", "constructor", "prototype", "hasOwnProperty", "toString"];

export const writerOf = ({ fields }: CollectionDefinition, name: string): string => (own(fields, name) as { readonly writer: string } | undefined)?.writer ?? "nobody";

/** With `__proto__` as a field of its own, which a literal would not give. */
const laid = (document: Fields, name: string, value: unknown): Record<string, unknown> => Object.fromEntries([...Object.entries(document), [name, value]]);
const without = (document: Fields, name: string): Record<string, unknown> => Object.fromEntries(Object.entries(document).filter(([one]) => one !== name));

/** All fields of the collection, also those of its other kinds: a form is no reason to take them. */
const fieldsOf = (definition: CollectionDefinition): [string, z.ZodMiniType][] => [...new Map(shapesOf(definition).flatMap(({ shape }) => Object.entries(shape)))].filter(([name]) => name !== "id" && name !== "rev");

/** Other values than the one that stands: such as fit the document first, ids of what exists among them. */
function valuesOf({ definition, master, otherIds }: Target, name: string, schema: z.ZodMiniType): unknown[] {
  // A field of several kinds has a form in each.
  const samples = [...fitting(schema), ...shapesOf(definition).flatMap(({ shape }) => (shape[name] ? fitting(shape[name]) : []))];
  const others = samples.filter((value) => !sameValue(value, own(master, name)));
  const fits = others.filter((value) => definition.schema.safeParse(laid(master, name, value)).success);
  return [...(isId(schema) ? otherIds.filter((id) => id !== master[name]) : []), ...(fits.length > 0 ? fits : others).slice(0, 1)];
}

/** One field, said in every way in which a row can be said; one that the kind does not have, only plainly: the form ends it. */
function saidInEveryWay({ definition, shape, master, change, mayWrite }: Target, name: string, changed: Fields): Attack[] {
  const { version } = definition;
  const may = mayWrite ? Object.keys(change) : [];
  const next = { ...changed, rev: newRev() };
  const claimed = { ...laid(without(master, name), name, own(changed, name)), rev: newRev() };
  const said = (how: string, row: PushRow, rest: Partial<Attack> = {}): Attack => ({ what: `${name} ${how}`, row, version, may, ...rest });
  const plainly = said("changed", { newDocumentState: next, assumedMasterState: master });
  if (shape[name] === undefined) return [plainly];
  return [
    plainly,
    said("claimed to have stood so", { newDocumentState: { ...next, rev: newRev() }, assumedMasterState: claimed }),
    said("of a document that is said to be new", { newDocumentState: { ...next, rev: newRev() } }),
    said("offered again after a restore", { newDocumentState: { ...next, rev: newRev() }, assumedMasterState: master, again: true }),
    // Who may not write the document at all is refused before these are looked at.
    ...(mayWrite ? [said("under the revision that stands", { newDocumentState: { ...next, rev: master.rev }, assumedMasterState: master }, { may: [] })] : []),
    ...(mayWrite && version > 1 ? [said("by an app of before", { newDocumentState: { ...next, rev: newRev() }, assumedMasterState: master }, { version: 1 })] : []),
  ];
}

/** Everything that must change nothing, or no more than `may`. */
export function attacksOn(target: Target): Attack[] {
  const { definition, master, change, mayWrite, mayDelete } = target;
  const { version } = definition;
  const base = { ...master, ...change };
  const fields = fieldsOf(definition).filter(([name]) => !mayWrite || writerOf(definition, name) !== "client" || target.shape[name] === undefined);
  const ofFields = fields.flatMap(([name, schema]) => {
    const [first, ...more] = valuesOf(target, name, schema);
    const plain = more.map((value): Attack => ({ what: `${name} changed to ${JSON.stringify(value).slice(0, 50)}`, version, may: mayWrite ? Object.keys(change) : [], row: { newDocumentState: { ...laid(base, name, value), rev: newRev() }, assumedMasterState: master } }));
    const gone = own(master, name) === undefined ? [] : saidInEveryWay(target, name, without(base, name)).slice(0, mayWrite ? undefined : 1).map((attack) => ({ ...attack, what: `${attack.what} (taken out)` }));
    return [...saidInEveryWay(target, name, laid(base, name, first)), ...plain, ...gone];
  });
  const rows = (what: string, newDocumentState: Fields, may: readonly string[] = []): Attack => ({ what, version, may, row: { newDocumentState, assumedMasterState: master } });
  const may = mayWrite ? Object.keys(change) : [];
  return [
    ...ofFields,
    ...FOREIGN.map((name) => rows(`${name}, which is no field`, { ...laid(base, name, { polluted: true }), rev: newRev() }, may)),
    ...["x", null, 7, { $ne: null }].map((rev) => rows(`rev ${JSON.stringify(rev)}`, { ...base, rev })),
    ...(["true", 1, {}, null] as const).map((deleted) => rows(`_deleted ${JSON.stringify(deleted)}`, { ...base, _deleted: deleted, rev: newRev() })),
    ...(mayDelete ? [] : [rows("_deleted", { ...base, _deleted: true, rev: newRev() }), { what: "_deleted, said to be new", version, may: [], row: { newDocumentState: { ...base, _deleted: true, rev: newRev() } } }]),
  ];
}

/** A document that must not come into being, or, by who may make it, exactly as `made` has it; null: by nobody. */
export interface Making {
  readonly what: string;
  readonly row: PushRow;
  readonly id: string;
  readonly made: Fields | null;
}

/** `freshly`: each time another document that this person could make here, if anybody can. */
export function attacksByMaking({ definition, shape, otherIds }: Pick<Target, "definition" | "shape" | "otherIds">, freshly: () => Fields & { readonly id: string }): Making[] {
  const making = (what: string, name: string, value: unknown, { none = false, again = false } = {}): Making => {
    const fresh = freshly();
    return { what: `made with ${what}`, id: fresh.id, made: none ? null : fresh, row: { newDocumentState: { ...laid(fresh, name, value), rev: newRev() }, ...(again && { again: true as const }) } };
  };
  const ofServer = fieldsOf(definition).filter(([name]) => writerOf(definition, name) === "server" && own(freshly(), name) === undefined);
  const idsOfCreation = Object.entries(shape).filter(([name, schema]) => writerOf(definition, name) === "creation" && isId(schema));
  return [
    making("nothing beside", "courseId", own(freshly(), "courseId")),
    ...ofServer.flatMap(([name, schema]) => {
      const [value] = fitting(schema);
      return [making(name, name, value), making(`${name}, offered again`, name, value, { again: true })];
    }),
    ...idsOfCreation.flatMap(([name]) => otherIds.filter((id) => id !== own(freshly(), name)).map((id) => making(`${name} of another`, name, id, { none: true }))),
    ...FOREIGN.map((name) => making(`${name}, which is no field`, name, { polluted: true })),
  ];
}

/** What who may write the document may do, field by field. */
export const rightfulChanges = (target: Target): { readonly name: string; readonly row: PushRow }[] =>
  Object.entries(target.shape).filter(([name]) => writerOf(target.definition, name) === "client").flatMap(([name, schema]) =>
    valuesOf({ ...target, otherIds: [] }, name, schema).map((value) => ({ name, row: { newDocumentState: { ...laid(target.master, name, value), rev: newRev() }, assumedMasterState: target.master } })),
  );
