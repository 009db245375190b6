import { fieldsOf, own, sameValue } from "./change.ts";
import type { FieldRule } from "./collection.ts";
import { mergeParagraphs } from "./paragraphs.ts";

type Fields = Readonly<Record<string, unknown>>;

/** `base`: what the device believed; `mine`: what the person made of it; `theirs`: the master now. */
export interface Versions {
  /** Null: the device believed that it makes the document. */
  readonly base: Fields | null;
  readonly mine: Fields;
  readonly theirs: Fields;
  /** The master is a version from before `mine`, which it has once replaced: the server was put back. */
  readonly again?: boolean;
}

interface Values {
  /** Whether it is known what the person saw when they wrote. */
  readonly based: boolean;
  readonly again: boolean;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const instantOf = (value: unknown): number =>
  typeof value === "object" && value !== null && "at" in value && isNumber(value.at) ? value.at : Number.NEGATIVE_INFINITY;

/** The larger text decides a tie, so that both orders give the same. */
function latest(mine: unknown, theirs: unknown): unknown {
  const difference = instantOf(mine) - instantOf(theirs);
  if (difference !== 0 && !Number.isNaN(difference)) return difference > 0 ? mine : theirs;
  return JSON.stringify(mine) > JSON.stringify(theirs) ? mine : theirs;
}

const holds = (list: readonly unknown[], element: unknown): boolean => list.some((other) => sameValue(other, element));

/** What one side added is added, what one side took out is out; an element that both hold is there once. */
function mergeSets({ base, mine, theirs }: Values): unknown {
  if (!Array.isArray(mine) || !Array.isArray(theirs)) return mine ?? theirs;
  const before: readonly unknown[] = Array.isArray(base) ? base : [];
  const kept = theirs.filter((element) => !holds(before, element) || holds(mine, element));
  const added = mine.filter((element) => !holds(before, element) && !holds(kept, element));
  return [...kept, ...added];
}

/** A field that holds nothing says nothing: for rules that only grow, the side with a value wins. */
function join(mine: unknown, theirs: unknown, both: (mine: unknown, theirs: unknown) => unknown): unknown {
  if (mine === undefined) return theirs;
  return theirs === undefined ? mine : both(mine, theirs);
}

/** Last arrival: who pushes now. Without a base the master stands, because nobody knows what the person saw. */
function last({ based, again, base, mine, theirs }: Values): unknown {
  if (again) return mine;
  if (!based) return theirs === undefined ? mine : theirs;
  return sameValue(mine, base) ? theirs : mine;
}

export function mergeField(rule: FieldRule["merge"], values: Values): unknown {
  const { base, mine, theirs } = values;
  switch (rule) {
    case "maximum":
      return join(mine, theirs, (a, b) => (isNumber(a) && isNumber(b) ? Math.max(a, b) : b));
    case "minimum":
      return join(mine, theirs, (a, b) => (isNumber(a) && isNumber(b) ? Math.min(a, b) : b));
    case "latest":
      return join(mine, theirs, latest);
    case "set":
      return join(mine, theirs, () => mergeSets(values));
    case "paragraphs":
      return join(mine, theirs, (a, b) =>
        typeof a === "string" && typeof b === "string" ? mergeParagraphs(typeof base === "string" ? base : null, a, b) : b,
      );
    case "last":
    case undefined:
      return last(values);
  }
}

/**
 * The document as it shall stand, without `rev`: fields that devices may write are merged by their rule, all others are the
 * master's. Idempotent: the same `mine` and `base` against the result give the result.
 */
export function mergeDocuments(rules: { readonly [field: string]: FieldRule }, { base, mine, theirs, again = false }: Versions): Record<string, unknown> {
  const merged: Record<string, unknown> = { id: theirs["id"] };
  for (const name of fieldsOf(rules, mine, theirs)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    const values = { based: base !== null, again, base: own(base ?? {}, name), mine: own(mine, name), theirs: own(theirs, name) };
    const value = rule?.writer === "client" ? mergeField(rule.merge, values) : values.theirs;
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}
