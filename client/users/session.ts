import { Dexie } from "dexie";
import { createSignal } from "solid-js";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { ACCESS_TOKEN_SECONDS } from "@mochila/shared/limits.ts";
import { Session, type User } from "@mochila/shared/users/session.ts";
import { countUnsent, LocalDatabase } from "../db/local.ts";
import type { DeviceDatabase } from "../db/device.ts";
import { forgetPerson } from "../db/forget.ts";
import { localName } from "../db/names.ts";
import { unsentAsJson } from "../db/unsent.ts";
import { call, callOrUnavailable, COOKIE_HEADERS } from "./account-call.ts";
import { makeProfileChanges } from "./profile-changes.ts";
import { openSessionTabs } from "./session-tabs.ts";
import type { KnownPerson, SessionControl, SessionState } from "./session-control.ts";

/** A token is renewed this long before its end, so that it does not end on the way. */
const RENEW_SECONDS_BEFORE = 30;
const LOCK = "refresh";

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
 * memory; the refresh token in a cookie that no script reads. Who is open is one row of the device's database, for all tabs: a tab whose
 * person is not open there shows the door.
 * What breaks: two tabs refresh at once. A Web Lock lets one after the other, each with the cookie that the one before left.
 */
export async function openSession({ device, clock }: { device: DeviceDatabase; clock: Clock }): Promise<OpenSession> {
  const [state, setState] = createSignal<SessionState>({ kind: "starting" });
  let token: Token | null = null;

  const take = ({ accessToken }: Session, user: User): void => {
    token = { text: accessToken, endsAt: clock.monotonic() + (ACCESS_TOKEN_SECONDS - RENEW_SECONDS_BEFORE) * 1_000 };
    setState({ kind: "open", user, needsSignIn: false });
  };
  const showDoor = async () => {
    token = null;
    // At once: what is on the screen is no longer for the eyes of who stands before it.
    if (state().kind === "open") setState({ kind: "signed-out", known: [] });
    const known = await knownPeople(device);
    if (state().kind !== "open") setState({ kind: "signed-out", known });
  };
  /** A device whose storage fails for a moment signs nobody out. */
  const isOpen = (user: User) => device.openPerson().then((open) => open?.id === user.id, () => true);
  /** Another tab may have signed this person out, and this one may have been frozen. */
  const look = async () => {
    const before = state();
    if (before.kind === "open" && !(await isOpen(before.user)) && state().kind === "open") await showDoor();
  };
  /** The open person as the device now shows them; null: open no longer. */
  const show = async (user: User | null) => {
    const now = state();
    if (now.kind !== "open") return;
    if (user?.id === now.user.id) setState({ ...now, user });
    else await look();
  };
  const tabs = openSessionTabs({
    look: () => {
      void look().catch(console.error);
      endOwed();
    },
    heard: (message) => {
      const now = state();
      if (message.kind === "people") return void (now.kind === "signed-out" && showDoor());
      if (now.kind !== "open" || now.user.id !== message.userId) return;
      if (message.kind === "closed") return void showDoor();
      profile.look();
      void device.openPerson().then(show);
    },
  });
  const profile = makeProfileChanges({ device, clock, show, changed: (userId) => tabs.tell({ kind: "changed", userId }) });

  const renew = () =>
    navigator.locks.request(LOCK, async (): Promise<string | null> => {
      const before = state();
      if (before.kind !== "open") return null;
      // Another caller of this tab renewed it while we waited for the lock.
      if (token && token.endsAt > clock.monotonic()) return token.text;
      const outcome = await refresh();
      if (outcome.kind === "unreachable") return null;
      const now = state();
      if (now.kind !== "open") return null;
      // Signed out in another tab, which is not the school's doing: the door, and no word of an ended session.
      if (!(await isOpen(before.user))) {
        await showDoor();
        return null;
      }
      // Another person's cookie, while theirs is still the open app here: they are asked to sign in.
      if (outcome.kind === "ended" || outcome.session.user.id !== before.user.id) {
        setState({ ...now, needsSignIn: true });
        return null;
      }
      const user = await device.renew(outcome.session.user, clock.now()).catch(() => now.user);
      if (user) take(outcome.session, user);
      else await showDoor();
      return user && outcome.session.accessToken;
    });

  const currentToken = async ({ renew: refused }: { renew: boolean }): Promise<string | null> => {
    const current = state();
    if (current.kind !== "open" || (current.needsSignIn && !refused)) return null;
    if (refused) token = null;
    const text = token && token.endsAt > clock.monotonic() ? token.text : await renew();
    // Whoever has a token is about to speak with the server: the next contact.
    if (text !== null) profile.sendSoon(current.user.id, text);
    return text;
  };

  /** Within the lock: the cookie must be the one of the session that ends. */
  const settleSignOut = async (): Promise<void> => {
    if (!(await device.owesSignOut())) return;
    const answer = await call("/api/auth/logout", { method: "POST", headers: COOKIE_HEADERS }).catch(() => null);
    if (answer && answer.status < 500) await device.signOutSettled();
  };
  /** A sign-out without network ends the session at the first contact after it. */
  const endOwed = () => void navigator.locks.request(LOCK, settleSignOut).catch(console.error);
  window.addEventListener("online", endOwed);

  const enter = (path: string, body: unknown): Promise<void> =>
    navigator.locks.request(LOCK, async () => {
      await settleSignOut();
      const answer = await callOrUnavailable(path, { method: "POST", headers: { "content-type": "application/json", ...COOKIE_HEADERS }, body: JSON.stringify(body) });
      const session = Session.parse(await answer.json());
      take(session, await device.remember(session.user, clock.now()));
      tabs.tell({ kind: "people" });
    });

  const last = await device.openPerson();
  if (last) setState({ kind: "open", user: last, needsSignIn: false });
  else await showDoor();
  endOwed();

  return {
    state,
    token: currentToken,
    accessToken: () => currentToken({ renew: false }),
    signIn: (email, password) => enter("/api/auth/login", { email, password }),
    setUp: (input) => enter("/api/setup", input),
    signOut: async () => {
      const was = state();
      await device.lock();
      if (was.kind === "open") tabs.tell({ kind: "closed", userId: was.user.id });
      await showDoor();
      // Locked first: who stands before it waits for no network.
      endOwed();
    },
    forget: async (userId) => {
      tabs.tell({ kind: "closed", userId });
      await forgetPerson(userId);
      await device.forget(userId);
      // Once more: another tab that was open may have made an empty store while it closed.
      await forgetPerson(userId);
      tabs.tell({ kind: "people" });
      if (state().kind !== "open") await showDoor();
    },
    exportUnsent: unsentAsJson,
    changeProfile: async (change) => {
      const now = state();
      return now.kind === "open" && profile.change(now.user.id, change, () => currentToken({ renew: false }));
    },
  };
}

async function refresh(): Promise<Refreshed> {
  try {
    const answer = await call("/api/auth/refresh", { method: "POST", headers: COOKIE_HEADERS });
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
  // Opening would make it: of a person who is being forgotten nothing must come back.
  if (!(await Dexie.exists(localName(userId)))) return 0;
  const local = new LocalDatabase(userId);
  try {
    return await countUnsent(local);
  } finally {
    local.close();
  }
}
