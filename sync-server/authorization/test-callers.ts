// Who calls: the principals of SECURITY.md, each with what they would send.
import type { Database } from "../db/database.ts";
import { writeSetting } from "../users/school-settings.ts";
import { endAllSessions } from "../users/session-list.ts";
import { OPERATOR_TOKEN, ORIGIN, type TestApplication } from "./test-application.ts";
import { forgedTokens } from "./test-forged-tokens.ts";
import { factsOf, type PersonName, personNames } from "./test-people.ts";

export interface Caller {
  readonly name: string;
  /** Who they are, or say that they are. */
  readonly self: PersonName;
  readonly signedIn: boolean;
  readonly isOperator: boolean;
  /** With which code they are sent away where somebody has to be signed in; null: they are. */
  readonly turnedAway: "not_signed_in" | "session_ended" | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Each in a network of their own, so that one does not use up the limits of another. */
  readonly address: string;
}

interface SignedIn {
  readonly token: string;
  readonly cookie: string;
  readonly sessionId: string;
}

interface Known {
  readonly personIds: ReadonlyMap<PersonName, string>;
  readonly password: string;
  emailOf(name: PersonName): string;
}

interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly address: string;
}

/** As a browser does it. */
async function sendPassword({ app }: Pick<TestApplication, "app">, { email, password, address }: SignIn): Promise<{ json: unknown; cookie: string }> {
  const init = { method: "POST", headers: { host: new URL(ORIGIN).host, origin: ORIGIN, "content-type": "application/json" }, body: JSON.stringify({ email, password }) };
  const answer = await app.hono.request(`${ORIGIN}/api/auth/login`, init, { incoming: { socket: { remoteAddress: address } } });
  if (answer.status !== 200) throw new Error(`${email} was not signed in: ${answer.status} ${await answer.text()}`);
  return { json: await answer.json(), cookie: (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
}

async function signIn(application: Pick<TestApplication, "app">, as: SignIn): Promise<SignedIn> {
  const { json, cookie } = await sendPassword(application, as);
  const { accessToken } = json as { accessToken: string };
  const { sid } = JSON.parse(Buffer.from(accessToken.split(".")[1] ?? "", "base64url").toString()) as { sid: string };
  return { token: accessToken, cookie, sessionId: sid };
}

/** Half of a sign-in, while the school asks its staff for a second factor. */
async function signInHalfway(application: Pick<TestApplication, "app" | "database">, as: SignIn): Promise<{ token: string; cookie: string }> {
  const { sql } = application.database;
  await writeSetting(sql, "secondFactor", "required", null);
  const { json, cookie } = await sendPassword(application, as);
  await writeSetting(sql, "secondFactor", "optional", null);
  return { token: (json as { secondFactor: { token: string } }).secondFactor.token, cookie };
}

/** The first one of a school makes the secret that all of them need. */
const refreshOnce = async ({ app }: Pick<TestApplication, "app">, cookie: string): Promise<void> => {
  const { status } = await app.hono.request(`${ORIGIN}/api/auth/refresh`, { method: "POST", headers: { host: new URL(ORIGIN).host, origin: ORIGIN, "x-lms": "1", cookie } });
  if (status !== 200) throw new Error(`the first refresh was answered ${status}`);
};

async function suspend(database: Database, userIds: readonly string[], now: number): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction`update person set state = 'suspended' where id = any(${[...userIds]}::uuid[])`;
    for (const userId of userIds) await endAllSessions(transaction, { userId, now, reason: "suspended" });
  });
}

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
/** Not signed in, though most of them say so. */
async function strangers(application: TestApplication, administrator: { userId: string; sessionId: string }): Promise<Omit<Caller, "address">[]> {
  const nobody = { self: "administrator", signedIn: false, isOperator: false, turnedAway: "not_signed_in", headers: {} } as const;
  const forged = Object.entries(await forgedTokens(application, administrator));
  return [
    { ...nobody, name: "nobody" },
    ...forged.map(([name, token]) => ({ ...nobody, name, headers: bearer(token) })),
    { ...nobody, name: "operator", isOperator: true, headers: bearer(OPERATOR_TOKEN) },
  ];
}

/** A tool from outside has no token yet, because there is no LTI: an observer stands in its place. */
const CALLING = ["student", "otherGroup", "otherStudent", "unenrolled", "suspended", "observer", "assistant", "instructor", "otherInstructor", "administrator"] as const satisfies readonly PersonName[];

/** Signs everybody in, ends the sign-ins of the suspended, and says which session is whose. */
export async function makeCallers(application: TestApplication, { personIds, password, emailOf }: Known): Promise<{ callers: Caller[]; sessionIds: Map<PersonName, string>; colleagueHeaders: Record<string, string>; pendingToken: string }> {
  const signedIn = new Map<PersonName, SignedIn>();
  const addressOf = (name: PersonName): string => `198.51.100.${personNames.indexOf(name)}`;
  for (const name of personNames) if (name !== "halfway") signedIn.set(name, await signIn(application, { email: emailOf(name), password, address: addressOf(name) }));
  const half = await signInHalfway(application, { email: emailOf("halfway"), password, address: addressOf("halfway") });
  await refreshOnce(application, signedIn.get("colleague")?.cookie ?? "");
  const gone = personNames.filter((name) => factsOf(name).became === "suspended").map((name) => personIds.get(name) ?? "");
  await suspend(application.database, gone, application.clock.now());
  const sessionIds = new Map([...signedIn].map(([name, { sessionId }]) => [name, sessionId]));
  const known = CALLING.map((name) => {
    const { token = "", cookie = "" } = signedIn.get(name) ?? {};
    const active = factsOf(name).became !== "suspended";
    return { name, self: name, signedIn: active, isOperator: false, turnedAway: active ? null : ("session_ended" as const), headers: { ...bearer(token), cookie } };
  });
  const waits = { name: "second factor awaited", self: "halfway", signedIn: false, isOperator: false, turnedAway: "not_signed_in", headers: { ...bearer(half.token), cookie: half.cookie } } as const;
  const all = [waits, ...(await strangers(application, { userId: personIds.get("administrator") ?? "", sessionId: sessionIds.get("administrator") ?? "" })), ...known];
  return { callers: all.map((caller, index) => ({ ...caller, address: `203.0.113.${index + 1}` })), sessionIds, pendingToken: half.token, colleagueHeaders: bearer(signedIn.get("colleague")?.token ?? "") };
}
