import { errorCauses } from "@mochila/shared/error-causes.ts";
import type { ErrorCode } from "@mochila/shared/errors.ts";
import { ALWAYS, type Permission, type Place, type Relation } from "./declaration.ts";
import { declarations, routeOf } from "./declarations.ts";
import type { Caller } from "./test-callers.ts";
import { isAllowed, requestOf, type Sent, tell, type Told } from "./test-requests.ts";
import type { School } from "./test-school.ts";

/** One use of a route by one caller, wherever it is tried. */
interface Row {
  readonly use: string;
  readonly permission: Permission;
  readonly caller: Caller;
}

export interface Tried {
  cells: number;
  /** Other spellings of the same requests. */
  spellings: number;
  readonly unexpected: string[];
}

function reachedBy({ reached, watches, answers = 200 }: Permission, told: Told, place: Place): boolean {
  if (watches) return told.changed;
  return reached ? reached(told, place) : told.status === answers;
}

/** With which code this caller is refused. */
function refusalFor({ refused = "forbidden", strangers }: Permission, { turnedAway, signedIn }: Caller): ErrorCode {
  if (strangers === undefined) return turnedAway ?? refused;
  return signedIn ? refused : strangers;
}

/** Tries every relation for one caller. The same request is sent once: a pull asks for all documents at once. */
export async function tryRow(school: School, row: Row, tried: Tried): Promise<void> {
  const { use, permission, caller } = row;
  const answers = new Map<string, Promise<Told>>();
  const refusals = new Set<string>();
  for (const relation of wherefore(permission, caller)) {
    const place = school.placeOf(caller, relation);
    const attempt = permission.send?.(place, school.facts) ?? {};
    const sent = requestOf(use, attempt, caller);
    const key = JSON.stringify([sent.path, sent.body, sent.headers]);
    const answer = answers.get(key) ?? tell(school, sent, { caller, watched: permission.watches?.(place) });
    answers.set(key, answer);
    const told = await answer;
    tried.cells += 1;
    const allowed = isAllowed(school, permission, { caller, relation });
    const problem = allowed ? problemOfAllowed(permission, told, place) : problemOfRefused(row, told, { place, refusals });
    const at = `${use} | ${caller.name} | ${relation}`;
    if (problem !== null) tried.unexpected.push(`${at}: ${problem}`);
    await trySpellings(school, row, { sent, allowed, place, at, tried });
  }
}

/** A forged token is turned away before there is an object, as the two that are tried everywhere show. */
function wherefore({ on = ALWAYS }: Permission, { turnedAway, name }: Caller): readonly Relation[] {
  return turnedAway === null || name === "nobody" || name === "suspended" ? on : on.filter((relation, index) => index === 0 || relation === "missing");
}

function problemOfAllowed(permission: Permission, told: Told, place: Place): string | null {
  return reachedBy(permission, told, place) ? null : `is declared as allowed and was answered ${told.status} ${told.code} ${told.text.slice(0, 200)}`;
}

/** What exists and what does not must look alike: one refusal, to the letter, for one caller. */
function problemOfRefused({ permission, caller }: Row, told: Told, { place, refusals }: { place: Place; refusals: Set<string> }): string | null {
  if (reachedBy(permission, told, place)) return `is NOT declared and was let through (${told.status})`;
  const code = refusalFor(permission, caller);
  // A push and a pull answer everybody; what they hold tells.
  const tells = permission.reached ?? permission.watches;
  if (tells === undefined || told.status !== 200) {
    // An answer to HEAD has no body that would tell the code.
    const isSo = told.text === "" ? told.status === errorCauses[code].status : told.code === code;
    if (!isSo) return `is to be refused with ${code} and was answered ${told.status} ${told.code} ${told.text.slice(0, 200)}`;
    if (caller.turnedAway === null) refusals.add(`${told.status} ${told.text}`);
    if (refusals.size > 1) return `is refused in more than one way: ${[...refusals].join(" / ")}`;
  }
  if (told.wrote && permission.refusedWrites === undefined) return "was refused, and wrote into the database";
  return null;
}

const isFirstUse = (use: string): boolean => Object.keys(declarations).find((other) => routeOf(other) === routeOf(use)) === use;

const OVERRIDE = "x-http-method-override";

/** Other spellings of an address, and other ways to say a method. `first`: also those that are the same address to the router, and cost a whole request. */
function spellingsOf({ method, path, headers, body }: Sent, first: boolean): { name: string; sent: Sent }[] {
  const [plain = "", query] = path.split("?");
  const rest = query === undefined ? "" : `?${query}`;
  const cut = plain.lastIndexOf("/");
  const asPath = (name: string, other: string) => ({ name, sent: { method, headers, body, path: `${other}${rest}` } });
  return [
    asPath("// in front", `/${plain}`),
    asPath("// inside", `${plain.slice(0, cut)}/${plain.slice(cut)}`),
    asPath("/ at the end", `${plain}/`),
    ...(cut > 0 ? [asPath("%2f", `${plain.slice(0, cut)}%2f${plain.slice(cut + 1)}`)] : []),
    asPath("capitals", plain.replace(/^\/\w+/u, (start) => start.toUpperCase())),
    ...(first ? [asPath("an encoded letter", `/%${plain.charCodeAt(1).toString(16)}${plain.slice(2)}`)] : []),
    method === "GET"
      ? { name: "HEAD", sent: { method: "HEAD", path, headers, body } }
      : { name: "method override", sent: { method: "GET", path, headers: { ...headers, [OVERRIDE]: method, "x-http-method": method, "x-method-override": method }, body: null } },
  ];
}

/** An address is read the same whatever the ids in it are: these stand for all. */
const SPELLED: readonly Relation[] = ["own", "otherCourse", "missing"];

/** None of them reaches more than the plain one. Of several uses of one route the first is spelled. */
async function trySpellings(school: School, { use, permission, caller }: Row, { sent, allowed, place, at, tried }: { sent: Sent; allowed: boolean; place: Place; at: string; tried: Tried }): Promise<void> {
  const first = place.relation === (permission.on ?? ALWAYS)[0];
  // Who is not signed in is sent away before there is an object.
  if (allowed || (caller.turnedAway !== null && !first) || !SPELLED.includes(place.relation) || !isFirstUse(use)) return;
  for (const { name, sent: other } of spellingsOf(sent, first)) {
    const told = await tell(school, other, { caller });
    tried.spellings += 1;
    if (reachedBy(permission, told, place) && other.method === sent.method) tried.unexpected.push(`${at}, spelled with ${name}: was let through (${told.status})`);
    if (told.status >= 500 && told.status !== permission.answers) tried.unexpected.push(`${at}, spelled with ${name}: ${told.status}`);
    if (told.wrote && permission.refusedWrites === undefined) tried.unexpected.push(`${at}, spelled with ${name}: wrote into the database`);
  }
}
