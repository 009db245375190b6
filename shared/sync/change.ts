import type { FieldRule } from "./collection.ts";

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/** Equal as JSON: the order of keys says nothing, a key with `undefined` is absent. */
export function sameValue(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (!isObject(left) || !isObject(right)) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  if (Array.isArray(left)) {
    const other = right as unknown as readonly unknown[];
    return left.length === other.length && left.every((value, index) => sameValue(value, other[index]));
  }
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => sameValue(own(left, key), own(right, key)));
}

/** The own value of a field: a document that came over the wire may be named like something every object has. */
export const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

/** What the engines write themselves; never compared, never merged. */
const ENGINE_FIELDS: ReadonlySet<string> = new Set(["id", "rev", "_deleted"]);

/** All fields of either side that a feature declared or a document holds. */
export function fieldsOf(rules: { readonly [field: string]: FieldRule }, ...documents: readonly Fields[]): string[] {
  const names = new Set(Object.keys(rules));
  for (const document of documents) for (const name of Object.keys(document)) names.add(name);
  return [...names].filter((name) => !ENGINE_FIELDS.has(name));
}

/**
 * Which fields a person changed: `next` against `base`, what the device believed the master to be. Without a base every field that
 * has a value counts as changed.
 */
export const changedFields = (base: Fields | null, next: Fields): string[] =>
  fieldsOf({}, base ?? {}, next).filter((name) => !sameValue(base === null ? undefined : own(base, name), own(next, name)));

/** Equal in everything but `rev`. */
export const sameContent = (left: Fields, right: Fields): boolean =>
  fieldsOf({}, left, right).every((name) => sameValue(own(left, name), own(right, name)));
