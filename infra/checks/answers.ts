import * as z from "zod/mini";

/** What a walk needs to know of any schema of Zod. */
interface Definition {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodMiniType>>;
  readonly catchall?: z.ZodMiniType;
  readonly options?: readonly z.ZodMiniType[];
  readonly checks?: readonly { readonly _zod: { readonly def: { readonly check: string; readonly value?: number } } }[];
}

/** The last day that a clock of JavaScript knows is no bound of ours. */
const LAST_INSTANT = 8.64e15;

const definitionOf = (schema: z.ZodMiniType): Definition => schema._zod.def;
const isSchema = (value: unknown): value is z.ZodMiniType => typeof value === "object" && value !== null && "_zod" in value && "def" in (value._zod as object) && "type" in (value._zod as { def: object }).def;
/** Any text passes it: beside it, a list of words in a union is not all that there may be. */
const isAnyText = (schema: z.ZodMiniType): boolean => definitionOf(schema).type === "string" && (definitionOf(schema).checks ?? []).every(({ _zod }) => _zod.def.check === "overwrite");

/** Of what it is made beside its fields, whatever each kind of schema calls it. */
const partsOf = (definition: Definition): z.ZodMiniType[] => Object.entries(definition).flatMap(([name, part]) => (name === "shape" || name === "checks" ? [] : [part].flat().filter(isSchema)));

function ownFaults({ type, catchall, checks = [] }: Definition): string[] {
  if (type === "object" && catchall && definitionOf(catchall).type === "never") return ["strict: z.object drops what a newer server says more"];
  if (type === "enum" || type === "literal") return ["a closed list of words: orElse or orOther reads one that came later"];
  if (checks.some(({ _zod: { def } }) => /^(max_|less_than)/.test(def.check) && def.value !== LAST_INSTANT)) return ["a bound that may be raised: it is the server's alone"];
  return [];
}

/**
 * What in the schema of an answer would stop an app that is older than the server: each with where it stands. A field that came is dropped by `z.object`, a word
 * that came is read by `orElse` or `orOther`, and a bound that was raised is the server's alone (shared/sync/SPEC.md, W2).
 */
export function faultsOf(schema: z.ZodMiniType, { where = "answer", bounded = new Set<unknown>() }: { where?: string; bounded?: ReadonlySet<unknown> } = {}): string[] {
  if (bounded.has(schema)) return [];
  const definition = definitionOf(schema);
  const isOpen = definition.type === "union" && definition.options?.some(isAnyText);
  const inner = (isOpen ? (definition.options ?? []).filter((option) => definitionOf(option).type !== "enum") : partsOf(definition)).flatMap((part) => faultsOf(part, { where, bounded }));
  const fields = Object.entries(definition.shape ?? {}).flatMap(([name, part]) => faultsOf(part, { where: `${where}.${name}`, bounded }));
  return [...ownFaults(definition).map((fault) => `${where}: ${fault}`), ...inner, ...fields];
}
