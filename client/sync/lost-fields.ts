import { type CollectionDefinition, type FieldRule, ruleOf } from "@mochila/shared/sync/collection.ts";
import { holdsParagraphs } from "@mochila/shared/sync/paragraphs.ts";

type Document = Readonly<Record<string, unknown>>;

export interface ThreeStates {
  /** What the person wrote. */
  readonly mine: Document;
  /** What the master was believed to be; absent when the document was made here. */
  readonly base: Document | undefined;
  /** What the server says stands. */
  readonly master: Document;
}

/**
 * What a conflict would take from the person: the fields they changed whose change is not in the answer (DECISIONS 4).
 * A clean merge loses nothing and is no matter for their attention.
 */
export function lostFields(definition: CollectionDefinition, { mine, base, master }: ThreeStates): Record<string, unknown> {
  const lost: Record<string, unknown> = {};
  for (const [field, rule] of Object.entries(definition.fields)) {
    const value = mine[field];
    // What is set at creation are ids and kinds: no work of anybody.
    if (rule.writer !== "client" || value === undefined) continue;
    if (isSame(value, base?.[field])) continue;
    if (master["_deleted"] !== true && isContained(rule, value, master[field])) continue;
    lost[field] = value;
  }
  return lost;
}

/** Whether what one document holds of these fields says all that another said: nothing is lost with the other. */
export const holdsAll = (definition: CollectionDefinition, fields: Document, other: Document): boolean =>
  Object.entries(other).every(([field, value]) => isContained(ruleOf(definition, field) ?? { writer: "client" }, value, fields[field]));

/** The master holds the value, as it is or merged. */
function isContained(rule: FieldRule, value: unknown, master: unknown): boolean {
  if (isSame(value, master)) return true;
  switch (rule.merge) {
    case "maximum":
      return Number(master) >= Number(value);
    case "minimum":
      return master !== undefined && Number(master) <= Number(value);
    case "latest":
      return instantOf(master) >= instantOf(value);
    case "set":
      return Array.isArray(value) && Array.isArray(master) && value.every((one) => master.some((other) => isSame(one, other)));
    case "paragraphs":
      return typeof value === "string" && typeof master === "string" && holdsParagraphs(master, value);
    case "last":
    case undefined:
    default:
      return false;
  }
}

const instantOf = (value: unknown): number => Number((value as { at?: unknown } | null | undefined)?.at ?? -1);

/** Deep equality of JSON values; the order of keys is of no meaning. */
export function isSame(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every((key) => isSame((left as Document)[key], (right as Document)[key]));
}

/** The texts inside a value, one a line: what a person would want back. */
export function plainText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  return Object.values(value).map(plainText).filter(Boolean).join("\n");
}
