import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import type { Database } from "../db/database.ts";
import { Passwords } from "./password.ts";
import { createPerson, type NewPerson } from "./people.ts";
import { writeSetting } from "./school-settings.ts";
import { TestClock } from "./test-clock.ts";
import { openTestUsers, TEST_ORIGIN } from "./test-users.ts";

export const TEST_PASSWORD = "correct horse";
let hashed: Promise<string> | undefined;

/** An account that can sign in with `TEST_PASSWORD`. */
export async function makePerson(database: Database, change: Partial<NewPerson> = {}): Promise<{ id: string; email: string }> {
  hashed ??= new Passwords().hash(TEST_PASSWORD);
  const id = newId({ clock: systemClock, random: systemRandom });
  const email = `${id}@demo.school`;
  const passwordHash = await hashed;
  await database.transaction((transaction) => createPerson(transaction, { id, email, name: "Sofía", systemRole: "student", language: "en", passwordHash, ...change }));
  return { id, email };
}

/** For one test: a clock of its own, nothing counted against anybody, no second factor asked of staff, and somebody with an account. */
export async function freshAccounts(database: Database): Promise<{ clock: TestClock; app: Hono; person: { id: string; email: string } }> {
  const clock = new TestClock();
  const { app } = openTestUsers({ database, clock });
  await database.sql`truncate sign_in_tries, rate_bucket`;
  await writeSetting(database.sql, "secondFactor", "optional", null);
  return { clock, app, person: await makePerson(database) };
}

/** Speaks with the application as a browser does: keeps its cookies, says where it comes from. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  /** Of the last session that was opened. */
  token = "";

  constructor(private readonly app: () => Hono) {}

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.app().request(`${TEST_ORIGIN}${path}`, {
      method, ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { host: "localhost:8080", origin: TEST_ORIGIN, "x-lms": "1", "content-type": "application/json", cookie, ...(this.token !== "" && { authorization: `Bearer ${this.token}` }), ...headers },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  post(path: string, body: unknown = {}): Promise<Response> {
    return this.send("POST", path, body);
  }

  signIn(email: string, password = TEST_PASSWORD): Promise<Response> {
    return this.take(this.post("/api/auth/login", { email, password }));
  }

  /** Notes the access token where the answer is a session. */
  async take(answered: Promise<Response>): Promise<Response> {
    const answer = await answered;
    const { accessToken } = (await answer.clone().json().catch(() => ({}))) as Partial<Session>;
    if (accessToken !== undefined) this.token = accessToken;
    return answer;
  }

  /** Signs in where a second factor is asked for. Throws where it is not. */
  async firstStep(email: string, password = TEST_PASSWORD): Promise<PendingSignIn> {
    const answer = await this.signIn(email, password);
    const { secondFactor } = (await answer.json()) as { secondFactor?: PendingSignIn };
    if (!secondFactor) throw new Error(`no second factor was asked for: ${answer.status}`);
    return secondFactor;
  }

  /** Whether the session is open, by a route that everybody who is signed in may call. */
  async isIn(): Promise<boolean> {
    return (await this.send("GET", "/api/me")).status === 200;
  }
}
