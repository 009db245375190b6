import type { Seeded } from "../simulation/seeded.ts";

/** As much of JSON Schema as the description of the addresses uses. */
export interface Schema {
  readonly type?: "object" | "array" | "integer" | "number" | "boolean" | "null" | "string";
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
}

/** Ids and e-mails that exist, so that what fits also reaches something. */
export interface Known {
  readonly ids: readonly string[];
  readonly emails: readonly string[];
}

const DEPTH_MAX = 8;

/** A value that `schema` takes, as far as a program can tell: what is wrong with it afterwards was made wrong on purpose. */
export function fitting(random: Seeded, schema: Schema, known: Known, depth = 0): unknown {
  if (depth > DEPTH_MAX) return null;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return fitting(random, random.pick(choice) ?? {}, known, depth + 1);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => fitting(random, part, known, depth + 1)));
  switch (schema.type) {
    case "object": return fittingObject(random, schema, known, depth);
    case "array": {
      if (schema.prefixItems) return schema.prefixItems.map((part) => fitting(random, part, known, depth + 1));
      return Array.from({ length: (schema.minItems ?? 0) + random.below(3) }, () => fitting(random, schema.items ?? {}, known, depth + 1));
    }
    case "integer": return (schema.minimum ?? 0) + random.below(5);
    case "number": return (schema.minimum ?? 0) + random.fraction();
    case "boolean": return random.chance(0.5);
    case "null": return null;
    case "string": return fittingString(random, schema, known);
    case undefined: return random.pick(["a", 1, null, {}]);
  }
}

function fittingObject(random: Seeded, schema: Schema, known: Known, depth: number): unknown {
  const names = Object.keys(schema.properties ?? {}).filter((name) => (schema.required ?? []).includes(name) || random.chance(0.6));
  const made = Object.fromEntries(names.map((name) => [name, fitting(random, schema.properties?.[name] ?? {}, known, depth + 1)]));
  if (typeof schema.additionalProperties === "object") made[random.pick(["en", "es", "x"]) ?? "x"] = fitting(random, schema.additionalProperties, known, depth + 1);
  return made;
}

const newUuid = (random: Seeded): string => {
  const hex = Buffer.from(random.bytes(16)).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
};

function fittingString(random: Seeded, { format, pattern = "", minLength = 0 }: Schema, { ids, emails }: Known): string {
  if (format === "email" || pattern.includes("@")) return random.pick(emails) ?? "x@school.example";
  if (format?.includes("uuid") || pattern.includes("[0-9a-f")) return (random.chance(0.6) ? random.pick(ids) : undefined) ?? newUuid(random);
  if (format?.startsWith("date")) return new Date(1.7e12 + random.below(1e9)).toISOString();
  return "a word".padEnd(Math.max(minLength, random.below(12)), "x");
}
