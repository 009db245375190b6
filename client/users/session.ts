import { createSignal } from "solid-js";
import { CodedError, type ErrorCode, errorCodes } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { ACCESS_TOKEN_SECONDS } from "@mochila/shared/limits.ts";
import { Session, User } from "@mochila/shared/users/session.ts";
import { countUnsent, LocalDatabase } from "../db/local.ts";
import type { DeviceDatabase } from "../db/device.ts";
import { forgetPerson } from "../db/forget.ts";
import { unsentAsJson } from "../db/unsent.ts";
import { readError } from "../sync/request.ts";
import type { KnownPerson, SessionControl, SessionState } from "./session-control.ts";

/** A token is renewed this long before its end, so that it does not end on the way. */
const RENEW_SECONDS_BEFORE = 30;
const LOCK = "refresh";
/** A connection that is dead without saying so must not hold the lock of all tabs. */
const REFRESH_MS_MAX = 30_000;
/** What the server's cookie routes ask for, so that another site cannot call them. */
const COOKIE_HEADERS = { "x-lms": "1" } as const;

interface Token {
  readonly text: string;
  /** On this page's monotonic clock: the device's wall clock may be wrong by days. */
  readonly endsAt: number;
}

export interface OpenSession extends SessionControl {
  /** `renew`: the server refused the token in hand. Null without network or session. */
  token(options: { renew: boolean }): Promise<string | null>;
}

type Refreshed = { readonly kind: "renewed"; readonly session: Session } | { readonly kind: "ended" } | { readonly kind: "unreachable" };

/**
 * Duty: who is signed in here, and a token for whoever speaks with the server.
 * Invariant: only the server's word `session_ended` asks for a sign-in; no network is never a sign-out. The token lives in this page's
 * memory; the refresh token in a cookie that no script reads.
 * What breaks: two tabs refresh at once. A Web Lock lets one after the other, each with the cookie that the one before left.
 */
export async function openSession({ device, clock }: { device: DeviceDatabase; clock: Clock }): Promise<OpenSession> {
  const [state, setState] = createSignal<SessionState>({ kind: "starting" });
  let token: Token | null = null;

  const take = async (session: Session): Promise<void> => {
    token = { text: session.accessToken, endsAt: clock.monotonic() + (ACCESS_TOKEN_SECONDS - RENEW_SECONDS_BEFORE) * 1_000 };
    await device.remember(session.user, clock.now());
    setState({ kind: "open", user: session.user, needsSignIn: false });
  };
  const showDoor = async () => setState({ kind: "signed-out", known: await knownPeople(device) });

  const renew = () =>
    navigator.locks.request(LOCK, async (): Promise<string | null> => {
      const before = state();
      if (before.kind !== "open") return null;
      // Another caller of this tab renewed it while we waited for the lock.
      if (token && token.endsAt > clock.monotonic()) return token.text;
      const outcome = await refresh();
      if (outcome.kind === "unreachable") return null;
      // Another person signed in from another tab: this tab's person stays open, and is asked to sign in.
      if (outcome.kind === "ended" || outcome.session.user.id !== before.user.id) {
        setState({ ...before, needsSignIn: true });
        return null;
      }
      const now = state();
      if (now.kind !== "open") return null;
      await take(outcome.session);
      return outcome.session.accessToken;
    });

  const currentToken = async ({ renew: refused }: { renew: boolean }): Promise<string | null> => {
    const current = state();
    if (current.kind !== "open" || (current.needsSignIn && !refused)) return null;
    if (refused) token = null;
    return token && token.endsAt > clock.monotonic() ? token.text : renew();
  };

  const enter = async (path: string, body: unknown): Promise<void> => {
    const answer = await callOrUnavailable(path, { method: "POST", headers: { "content-type": "application/json", ...COOKIE_HEADERS }, body: JSON.stringify(body) });
    await take(Session.parse(await answer.json()));
  };

  const last = await device.openPerson();
  if (last) setState({ kind: "open", user: last, needsSignIn: false });
  else await showDoor();

  return {
    state,
    token: currentToken,
    accessToken: () => currentToken({ renew: false }),
    signIn: (email, password) => enter("/api/auth/login", { email, password }),
    setUp: (input) => enter("/api/setup", input),
    signOut: async () => {
      await device.lock();
      token = null;
      await showDoor();
      // Locked first. Without network the session ends on the server by its age; the cookie alone opens nothing here.
      await call("/api/auth/logout", { method: "POST", headers: COOKIE_HEADERS }).catch(() => undefined);
    },
    forget: async (userId) => {
      await forgetPerson(userId);
      await device.forget(userId);
      if (state().kind !== "open") await showDoor();
    },
    exportUnsent: unsentAsJson,
    changeProfile: async (change) => {
      const text = await currentToken({ renew: false });
      if (text === null) throw new CodedError("unavailable", "no network");
      const answer = await callOrUnavailable("/api/me", {
        method: "PATCH",
        headers: { authorization: `Bearer ${text}`, "content-type": "application/json" },
        body: JSON.stringify(change),
      });
      const user = User.parse(await answer.json());
      await device.remember(user, clock.now());
      const now = state();
      if (now.kind === "open") setState({ ...now, user });
    },
  };
}

const call = (path: string, init: RequestInit): Promise<Response> => fetch(path, { ...init, credentials: "same-origin", cache: "no-store" });

/** Throws what the server said, as a CodedError; `unavailable` without network. */
async function callOrUnavailable(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await call(path, init);
  } catch {
    throw new CodedError("unavailable", "no network");
  }
  if (answer.ok) return answer;
  const { code, message, details, retryAfterMs } = await readError(answer);
  throw new CodedError(code in errorCodes ? (code as ErrorCode) : "unavailable", message, { details, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

async function refresh(): Promise<Refreshed> {
  try {
    const answer = await call("/api/auth/refresh", { method: "POST", headers: COOKIE_HEADERS, signal: AbortSignal.timeout(REFRESH_MS_MAX) });
    if (answer.ok) return { kind: "renewed", session: Session.parse(await answer.json()) };
    // 401 is the server's word that this cookie opens nothing. Everything else is weather.
    return { kind: answer.status === 401 ? "ended" : "unreachable" };
  } catch {
    return { kind: "unreachable" };
  }
}

async function knownPeople(device: DeviceDatabase): Promise<KnownPerson[]> {
  const people = await device.known();
  return Promise.all(people.map(async ({ id, name, email }) => ({ id, name, email, unsent: await unsentOf(id) })));
}

async function unsentOf(userId: string): Promise<number> {
  const local = new LocalDatabase(userId);
  try {
    return await countUnsent(local);
  } finally {
    local.close();
  }
}
