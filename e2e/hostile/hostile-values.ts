import type { Seeded } from "../simulation/seeded.ts";

const long = (text: string, count: number): string => text.repeat(count);

/** Each of them once broke a parser, a validator or a database of somebody. */
const strings: readonly string[] = [
  "", " ", "\0", "a\0b", "\ud800", "\udfff\ud800", "\u202e", "\ufeff", "null", "undefined", "NaN", "-1", "1e999", "__proto__", "constructor", "toString",
  "<img src=x onerror=alert(1)>", "'; drop table person; --", "$1", "%s%n", "{{7*7}}", "../../etc/passwd", "file:///etc/passwd", "javascript:alert(1)", "=cmd|' /C calc'!A0",
  "\r\nset-cookie: a=b", "a@b", "@@@@", "00000000-0000-0000-0000-000000000000", "01234567-89ab-7def-8123-456789abcdef", "9999-12-31T23:59:59Z", "+275760-09-13T00:00:00Z",
  "\u{1f469}\u200d\u{1f469}\u200d\u{1f467}", "e" + long("\u0301", 2_000), "İıŞß", "ﷺ".repeat(100),
];

/** What a regular expression that backtracks, or a quadratic loop, is slow with. */
const slow: readonly ((count: number) => string)[] = [
  (count) => `${long("a", count)}!`, (count) => `${long("a@", count / 2)}b`, (count) => `${long("a.", count / 2)}@`, (count) => `a@${long("a-", count / 2)}.`,
  (count) => `${long(" ", count)}x`, (count) => long("\t\n ", count / 3), (count) => `${long("1", count)}x`, (count) => long("((", count / 2), (count) => `<${long("a ", count / 2)}`,
  (count) => `https://${long("a/", count / 2)}`, (count) => long(",", count), (count) => long("%", count), (count) => long("=;", count / 2),
];

const numbers = [0, -0, -1, 1, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e21, 1e308, 5e-324, Number.MAX_SAFE_INTEGER];

const CHARACTERS_MAX = 60_000;

export const hostileString = (random: Seeded): string => {
  if (random.chance(0.25)) return random.pick(slow)?.(1 + random.below(random.chance(0.2) ? CHARACTERS_MAX : 500)) ?? "";
  return random.pick(strings) ?? "";
};

const nested = (depth: number, list: boolean): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = list ? [value] : { a: value };
  return value;
};

/** A value of a type and size that nobody asked for. */
export function hostileValue(random: Seeded): unknown {
  switch (random.below(10)) {
    case 0: return null;
    case 1: return random.chance(0.5);
    case 2: return random.pick(numbers);
    case 3: return {};
    case 4: return [];
    case 5: return nested(2 + random.below(70), random.chance(0.5));
    case 6: return Array.from({ length: random.below(random.chance(0.1) ? 20_000 : 60) }, () => random.pick(["a", 1, null]));
    case 7: return Object.fromEntries(Array.from({ length: random.below(random.chance(0.1) ? 5_000 : 20) }, (_, index) => [`k${index}`, index]));
    case 8: return JSON.parse(random.pick(['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"x":1}}}', '{"toJSON":"x","length":-1}', '{"then":1}']) ?? "{}") as unknown;
    default: return hostileString(random);
  }
}

/** `value` with one or a few of its parts replaced, left out, doubled or added to. */
export function mutated(random: Seeded, value: unknown): unknown {
  if (random.chance(0.15) || value === null || typeof value !== "object") return random.chance(0.6) ? hostileValue(random) : value;
  if (Array.isArray(value)) {
    const list = [...(value as unknown[])];
    const at = random.below(list.length + 1);
    if (random.chance(0.3)) return Array.from({ length: random.below(300) }, () => list[0] ?? hostileValue(random));
    if (at < list.length && random.chance(0.8)) list[at] = mutated(random, list[at]);
    else list.push(hostileValue(random));
    return list;
  }
  const entries = Object.entries(value as Record<string, unknown>);
  const at = random.below(entries.length + 1);
  const found = entries[at];
  const what = random.fraction();
  if (found === undefined || what < 0.1) entries.push([random.pick(["role", "_deleted", "userId", "systemRole", "hasOwnProperty", "constructor", "rev", hostileString(random).slice(0, 50)]) ?? "x", hostileValue(random)]);
  else if (what < 0.2) entries.splice(at, 1);
  else found[1] = mutated(random, found[1]);
  return Object.fromEntries(entries);
}
