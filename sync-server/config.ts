import { resolve } from "node:path";
import * as z from "zod/mini";
import { isNetwork } from "./http/remote-address.ts";

/** Every setting, after it was checked. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | null;
  readonly clickhouseUrl: string | null;
  readonly redisUrl: string | null;
  /** Where people reach this server, an origin without a slash at its end; null: on this machine only. */
  readonly publicUrl: string | null;
  readonly seed: "demo" | "none";
  readonly production: boolean;
  readonly logLevel: "info" | "warn" | "error";
  readonly operatorToken: string | null;
  /** Addresses and networks of our own gateways. */
  readonly trustedProxies: readonly string[];
  /** Whether requests are counted and bounded. */
  readonly limits: boolean;
  /** Null: letters are files of the data folder. */
  readonly smtpUrl: string | null;
  readonly mailFrom: string | null;
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
export const isLoopbackName = (hostname: string): boolean => LOOPBACK.has(hostname);

const WholeNumber = z.string().check(z.regex(/^\d{1,5}$/));
const Port = z.pipe(WholeNumber, z.transform(Number)).check(z.refine((port) => port <= 65_535));
/** Host, and the number of a database or nothing. */
const isRedis = (value: string) => URL.canParse(value) && new URL(value).hostname !== "" && /^\/?\d{0,3}$/.test(new URL(value).pathname);
const isMailServer = (value: string) => URL.canParse(value) && new URL(value).hostname !== "" && /^\/?$/.test(new URL(value).pathname);
const listed = (value: string) => value.split(",").map((entry) => entry.trim());
const url = (...protocols: string[]) => z.string().check(z.refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol)));

/** Name, form, default in words, and what it is for. The only list; README and `--help` are written from it. */
const settings = {
  PORT: { form: Port, expects: "a port from 0 to 65535 (0: any free one)", default: "8080", about: "the one port that serves everything" },
  HOST: { form: z.string().check(z.regex(/^[0-9A-Za-z.:-]{1,255}$/)), expects: "an address or a host name", default: "127.0.0.1", about: "the address to listen on; 0.0.0.0 behind a gateway" },
  DATA_DIR: { form: z.string().check(z.minLength(1)), expects: "a folder", default: ".data", about: "where the embedded stores keep their data" },
  DATABASE_URL: { form: url("postgres:", "postgresql:"), expects: "postgres://user:password@host:port/database", default: "embedded", about: "a PostgreSQL 17 or newer, its own cluster" },
  CLICKHOUSE_URL: { form: url("http:", "https:"), expects: "http(s)://user:password@host:port/database", default: "embedded", about: "a ClickHouse server for reports" },
  REDIS_URL: { form: url("redis:", "rediss:").check(z.refine(isRedis)), expects: "redis(s)://user:password@host:port", default: "none", about: "a Redis that carries hints between many instances; without it PostgreSQL does" },
  PUBLIC_URL: { form: url("http:", "https:"), expects: "an https address without a path, such as https://lms.school.example", default: "http://localhost:PORT", about: "where people reach this server" },
  TRUSTED_PROXIES: { form: z.string().check(z.maxLength(2_000), z.refine((value) => listed(value).every(isNetwork))), expects: "addresses or networks with commas between them, such as fd00::/8", default: "none", about: "the gateways in front of this server: each says in X-Forwarded-For who called it, and is believed" },
  SEED: { form: z.enum(["demo", "none"]), expects: "demo or none", default: "demo, and none in production", about: "what an empty database is filled with" },
  NODE_ENV: { form: z.enum(["production", "development", "test"]), expects: "production, development or test", default: "development", about: "production refuses the demo school" },
  LOG_LEVEL: { form: z.enum(["info", "warn", "error"]), expects: "info, warn or error", default: "warn, and info in production", about: "the least important line that is logged" },
  SMTP_URL: { form: url("smtp:", "smtps:").check(z.refine(isMailServer)), expects: "smtp(s)://user:password@host:port", default: "none: letters are files in DATA_DIR/mail", about: "the mail server that sends letters to people" },
  MAIL_FROM: { form: z.string().check(z.regex(/^(?:[^\s<>@"\\][^<>@"\\\r\n]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/)), expects: "an e-mail, or Name <e-mail>", default: "mochila@ the host of PUBLIC_URL", about: "who letters come from" },
  LIMITS: { form: z.enum(["on", "off"]), expects: "on or off", default: "on", about: "off, on your own machine only, lets everybody ask without bounds: for measuring" },
  OPERATOR_TOKEN: { form: z.string().check(z.minLength(16)), expects: "a secret of at least 16 characters", default: "none", about: "opens /metrics from other machines, as a bearer token" },
} as const;

type Name = keyof typeof settings;
const names = Object.keys(settings) as Name[];

/** Read by tests, benchmarks and examples, not by the server; known, so that it does not stop a start. */
const ALSO_KNOWN = new Set(["MOCHILA_DATA"]);
/** Short names such as PORT have too many innocent neighbours. */
const GUESSED_CHARACTERS_MIN = 8;

/** A setting that is unknown or wrong; the message is one clear sentence for the person who starts the server. */
class SettingError extends Error {
  override name = "SettingError";
}

/** Turns the environment into settings. Empty means unset. Throws `SettingError`. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  refuseUnknown(environment);
  const read = <Setting extends Name>(name: Setting): z.output<(typeof settings)[Setting]["form"]> | undefined => {
    const value = environment[name];
    if (value === undefined || value === "") return undefined;
    const result = z.safeParse(settings[name].form as z.ZodMiniType, value);
    if (!result.success) throw new SettingError(`${name} must be ${settings[name].expects}.`);
    return result.data as z.output<(typeof settings)[Setting]["form"]>;
  };
  const production = read("NODE_ENV") === "production";
  const publicUrl = checkPublicUrl(read("PUBLIC_URL"));
  const databaseUrl = read("DATABASE_URL") ?? null;
  return {
    port: read("PORT") ?? 8080,
    host: read("HOST") ?? "127.0.0.1",
    dataDir: resolve(read("DATA_DIR") ?? ".data"),
    databaseUrl,
    clickhouseUrl: read("CLICKHOUSE_URL") ?? null,
    redisUrl: read("REDIS_URL") ?? null,
    publicUrl,
    trustedProxies: listed(read("TRUSTED_PROXIES") ?? "").filter((entry) => entry !== ""),
    seed: checkSeed(read("SEED"), { production, forOthers: publicUrl?.startsWith("https:") ?? false }),
    production,
    logLevel: read("LOG_LEVEL") ?? (production ? "info" : "warn"),
    operatorToken: read("OPERATOR_TOKEN") ?? null,
    limits: checkLimits(read("LIMITS"), publicUrl === null && !production),
    smtpUrl: read("SMTP_URL") ?? null,
    mailFrom: read("MAIL_FROM") ?? null,
  };
}

/** Plain http gives a browser no service worker, locks or crypto except on this machine itself: then nothing would work offline. */
function checkPublicUrl(value: string | undefined): string | null {
  if (value === undefined) return null;
  const { protocol, hostname, pathname, search, hash, username, origin } = new URL(value);
  if (pathname !== "/" || search !== "" || hash !== "" || username !== "") throw new SettingError(`PUBLIC_URL must be ${settings.PUBLIC_URL.expects}.`);
  if (protocol !== "https:" && !isLoopbackName(hostname)) throw new SettingError("PUBLIC_URL must begin with https, because browsers refuse to work offline over plain http.");
  return origin;
}

function checkLimits(limits: "on" | "off" | undefined, ownMachine: boolean): boolean {
  if (limits === "off" && !ownMachine) throw new SettingError("LIMITS=off is refused where others come in.");
  return limits !== "off";
}

/** The passwords of the demo school are public, so it never opens where others can come in by mistake. */
function checkSeed(seed: "demo" | "none" | undefined, { production, forOthers }: { production: boolean; forOthers: boolean }): "demo" | "none" {
  if (seed === "demo" && production) throw new SettingError("SEED=demo is refused where NODE_ENV=production, because its passwords are public.");
  return seed ?? (production || forOthers ? "none" : "demo");
}

function refuseUnknown(environment: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(environment)) {
    if (name in settings || ALSO_KNOWN.has(name)) continue;
    const near = names.find((known) => known.length >= GUESSED_CHARACTERS_MIN && distance(known, name.toUpperCase()) <= 1);
    if (near) throw new SettingError(`${name} is not a setting of Mochila; did you mean ${near}?`);
    if (name.startsWith("MOCHILA_")) throw new SettingError(`${name} is not a setting of Mochila; the settings are ${names.join(", ")}.`);
  }
}

/** How many letters must be changed, added, left out or swapped with their neighbour; exact up to 1, else 2. */
function distance(left: string, right: string): number {
  if (left === right) return 0;
  if (Math.abs(left.length - right.length) > 1) return 2;
  let start = 0;
  while (start < left.length && left[start] === right[start]) start += 1;
  const rest = (text: string, skipped: number) => text.slice(start + skipped);
  const swapped = left[start] === right[start + 1] && left[start + 1] === right[start] && rest(left, 2) === rest(right, 2);
  const changed = rest(left, 1) === rest(right, 1) || rest(left, 0) === rest(right, 1) || rest(left, 1) === rest(right, 0);
  return swapped || changed ? 1 : 2;
}
