import fc from "fast-check";
import * as z from "zod/mini";

/** As much of JSON Schema as the schemas of documents use. */
interface Form {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Form>>;
  readonly required?: readonly string[];
  readonly items?: Form;
  readonly anyOf?: readonly Form[];
  readonly oneOf?: readonly Form[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly $ref?: string;
}

/** Below this what may be left out is left out: texts call themselves. */
const LEVELS_MAX = 6;
const CHARACTERS_MAX = 20;

function values(form: Form, named: (ref: string) => Form, level = 0): fc.Arbitrary<unknown> {
  const inner = (part: Form): fc.Arbitrary<unknown> => values(part, named, level + 1);
  if (form.$ref !== undefined) return inner(named(form.$ref));
  if (form.const !== undefined) return fc.constant(form.const);
  if (form.enum) return fc.constantFrom(...form.enum);
  const choices = form.anyOf ?? form.oneOf;
  if (choices) return fc.oneof(...(level > LEVELS_MAX ? choices.slice(0, 1) : choices).map(inner));
  switch (form.type) {
    case "object": {
      const { properties = {}, required = [] } = form;
      const names = Object.keys(properties).filter((name) => level <= LEVELS_MAX || required.includes(name));
      return fc.record(Object.fromEntries(names.map((name) => [name, inner(properties[name] ?? {})])), { requiredKeys: required.filter((name) => names.includes(name)), noNullPrototype: true });
    }
    case "array": return fc.array(inner(form.items ?? {}), { minLength: form.minItems ?? 0, maxLength: level > LEVELS_MAX ? (form.minItems ?? 0) : 2 });
    case "integer": return fc.integer({ min: form.minimum ?? 0, max: form.maximum ?? 1_000 });
    case "number": return fc.double({ min: form.minimum ?? 0, max: form.maximum ?? 1, noNaN: true });
    case "boolean": return fc.boolean();
    case "string": return form.pattern === undefined ? fc.string({ maxLength: Math.min(form.maxLength ?? CHARACTERS_MAX, CHARACTERS_MAX) }) : fc.stringMatching(new RegExp(form.pattern, "u"));
    case undefined:
    default: return fc.constantFrom("a", 1, true);
  }
}

const known = new WeakMap<z.ZodMiniType, readonly unknown[]>();
const SEED = 20_261_130;
const COUNT = 12;

/** Values that `schema` takes, always the same. */
export function fitting(schema: z.ZodMiniType): readonly unknown[] {
  const before = known.get(schema);
  if (before) return before;
  const form = z.toJSONSchema(schema, { unrepresentable: "any", io: "input" }) as Form & { readonly $defs?: Readonly<Record<string, Form>> };
  const named = (ref: string): Form => (ref === "#" ? form : (form.$defs?.[ref.slice("#/$defs/".length)] ?? {}));
  const made = fc.sample(values(form, named), { seed: SEED, numRuns: COUNT }).filter((value) => value !== undefined && schema.safeParse(value).success);
  known.set(schema, made);
  return made;
}
