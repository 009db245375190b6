import { fieldsOf, own } from "./change.ts";
import type { CollectionDefinition } from "./collection.ts";

type Fields = Readonly<Record<string, unknown>>;
type Form = Pick<CollectionDefinition, "version" | "upgrades" | "fields">;

/** A document of version `from` in today's form (W4). */
export function upgraded({ version, upgrades = {} }: Form, from: number, document: Fields): Fields {
  let next = document;
  for (let step = from; step < version; step += 1) next = upgrades[step]?.(next) ?? next;
  return next;
}

/**
 * `mine` with those fields of `theirs` that its writer, of version `from`, did not know and so does not name. An app that knows no field
 * keeps it where it has it, but a device that got the document before the field had a value would seem to have taken it out.
 */
export function withUnknownFields({ fields }: Form, from: number, { mine, theirs }: { mine: Fields; theirs: Fields }): Fields {
  const unknown = fieldsOf(fields, theirs).filter((name) => (fields[name]?.since ?? 1) > from && own(mine, name) === undefined && own(theirs, name) !== undefined);
  return unknown.length === 0 ? mine : { ...mine, ...Object.fromEntries(unknown.map((name) => [name, theirs[name]])) };
}

/**
 * The form of everything that a device keeps, as one number: one more with every new version of anything. Tabs with different numbers
 * must not have the stores open at once (W7).
 */
export const formOf = (registry: readonly Form[]): number => registry.reduce((sum, { version }) => sum + version, 0);
