import { createSignal } from "solid-js";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { ACCESS_TOKEN_SECONDS } from "@mochila/shared/limits.ts";
import type { PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import { Session, type User } from "@mochila/shared/users/session.ts";
import type { DeviceDatabase, Here, Owed } from "../db/device.ts";
import { forgetPerson } from "../db/forget.ts";
import { SESSION_LOCK } from "../db/names.ts";
import { countWaiting, unsentAsJson } from "../db/unsent.ts";
import { call, callOrUnavailable, COOKIE_HEADERS } from "./account-call.ts";
import { clearGone } from "./gone.ts";
import { browserGoesOn, CLOSING_NOTE, isLeft, noteBrowser, noteTouch, watchTouches } from "./here.ts";
import { knownPeople } from "./known-people.ts";
import { makeProfileChanges } from "./profile-changes.ts";
import { openSessionTabs } from "./session-tabs.ts";
import type { Leaving, SessionControl, SessionState } from "./session-control.ts";

/** A token is renewed this long before its end, so that it does not end on the way. */
const RENEW_SECONDS_BEFORE = 30;
/** Who has not touched a shared computer for so long has left it (SC4); who has a lock for so long, has left the device to the next (DL4). */
const LEFT_MS = 30 * 60_000;
const LOCKED_MS = 10 * 60_000;

interface Token {
  readonly text: string;
  /** On this page's monotonic clock: the device's wall clock may be wrong by days. */
  readonly endsAt: number;
}

export interface OpenSession extends SessionControl {
  /** `renew`: the server refused the token in hand. Null without network or session. */
  token(options: { renew: boolean }): Promise<string | null>;
}

type Refreshed = { readonly kind: "renewed"; readonly session: Session } | { readonly kind: "ended" | "nothing-to-renew" | "unreachable" };

/**
 * Duty: who is signed in here, and a token for whoever speaks with the server.
 * Invariant: only the server's word `session_ended` asks for a sign-in; no network is never a sign-out. The token lives in this page's
 * memory; the refresh token in a cookie that no script reads. Who is open is one row of the device's database, for all tabs: a tab whose
 * person is not open there shows the door.
 * What breaks: two tabs refresh at once. A Web Lock lets one after the other, each with the cookie that the one before left.
 */
export async function openSession({ device, clock, random }: { device: DeviceDatabase; clock: Clock; random: Random }): Promise<OpenSession> {
  const [state, setState] = createSignal<SessionState>({ kind: "starting" });
  const [pending, setPending] = createSignal<PendingSignIn | null>(null);
  const [leaving, setLeaving] = createSignal<Leaving | null>(null);
  let token: Token | null = null;
  /** What the first step of a sign-in said. */
  let shared = false;
  /** Of this device, from the PIN until the server has opened a session for it: until then the cookie may be another person's. */
  let key: string | null = null;

  const take = ({ accessToken }: Session, user: User, here: Here): void => {
    token = { text: accessToken, endsAt: clock.monotonic() + (ACCESS_TOKEN_SECONDS - RENEW_SECONDS_BEFORE) * 1_000 };
    setState({ ...here, kind: "open", user, needsSignIn: false });
  };
  const showDoor = async () => {
    token = null;
    key = null;
    // At once: what is on the screen is no longer for the eyes of who stands before it.
    if (state().kind === "open") {
      setState({ kind: "signed-out", known: [] });
      setLeaving(null);
      // What this tab kept for them.
      sessionStorage.clear();
    }
    const known = await knownPeople(device);
    if (state().kind !== "open") setState({ kind: "signed-out", known });
  };
  /** A device whose storage fails for a moment signs nobody out. */
  const isOpen = (user: User) => device.openPerson().then((open) => open?.id === user.id, () => true);
  /** Another tab may have signed this person out, and this one may have been frozen. */
  const look = async () => {
    const before = state();
    if (before.kind === "open" && !(await isOpen(before.user)) && state().kind === "open") await showDoor();
    void clearGone(device).catch(console.error);
  };
  /** The open person as the device now shows them; null: open no longer. */
  const show = async (user: User | null) => {
    const now = state();
    if (now.kind !== "open") return;
    if (user?.id === now.user.id) setState({ ...now, user, ...(await device.hereOf(user.id)) });
    else await look();
  };
  const leave = (how: Leaving | null) => {
    const now = state();
    if (now.kind !== "open") return;
    setLeaving(how);
    tabs.tell({ kind: "leaving", userId: now.user.id, how });
  };
  const lookForPerson = () => {
    const now = state();
    if (now.kind !== "open") return;
    if (now.shared && leaving() !== "left" && isLeft(clock.now(), LEFT_MS)) leave("left");
    else if (now.lock && isLeft(clock.now(), LOCKED_MS)) close("lock").catch(console.error);
  };
  const tabs = openSessionTabs({
    look: () => {
      lookForPerson();
      void look().catch(console.error);
      endOwed();
    },
    heard: (message) => {
      const now = state();
      if (message.kind === "people") return void (now.kind === "signed-out" && showDoor());
      if (now.kind !== "open" || now.user.id !== message.userId) return;
      if (message.kind === "closed") return void showDoor();
      if (message.kind === "leaving") return void setLeaving(message.how);
      profile.look();
      void device.openPerson().then(show);
    },
  });
  const profile = makeProfileChanges({ device, clock, show, changed: (userId) => tabs.tell({ kind: "changed", userId }) });

  const renew = () =>
    navigator.locks.request(SESSION_LOCK, async (): Promise<string | null> => {
      const before = state();
      if (before.kind !== "open") return null;
      // Another caller of this tab renewed it while we waited for the lock.
      if (token && token.endsAt > clock.monotonic()) return token.text;
      await settleOwed();
      const outcome = await (key === null ? refresh("/api/auth/refresh") : refresh("/api/auth/device-key", { key }));
      if (outcome.kind === "unreachable") return null;
      const now = state();
      if (now.kind !== "open") return null;
      // Signed out in another tab, which is not the school's doing: the door, and no word of an ended session.
      if (!(await isOpen(before.user))) {
        await showDoor();
        return null;
      }
      // Another person's cookie, while theirs is still the open app here: they are asked to sign in.
      if (outcome.kind !== "renewed" || outcome.session.user.id !== before.user.id) {
        key = null;
        // The key hangs on the session that has ended: the lock hides on, and for the school only the password opens.
        const over = outcome.kind === "ended" || now.over === true;
        await device.putOver(before.user.id, over).catch(console.error);
        setState({ ...now, needsSignIn: true, over });
        return null;
      }
      const renewed = key === null ? device.renew(outcome.session.user, clock.now()) : device.remember(outcome.session.user, clock.now(), { shared: false, byLock: true });
      const user = await renewed.catch(() => now.user);
      key = null;
      if (user) take(outcome.session, user, now);
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

  /** Within the lock: the cookie must be the one of the session that ends, or of who has locked. */
  const settleOwed = async (): Promise<void> => {
    const owed = await device.owed();
    if (owed === null) return;
    const answer = await call(owed === "lock" ? "/api/auth/lock" : "/api/auth/logout", { method: "POST", headers: COOKIE_HEADERS }).catch(() => null);
    if (answer && answer.status < 500) await device.signOutSettled();
  };
  /** A sign-out without network ends the session at the first contact after it. */
  const endOwed = () => void navigator.locks.request(SESSION_LOCK, settleOwed).catch(console.error);
  window.addEventListener("online", endOwed);

  const enter = (path: string, body: unknown): Promise<void> =>
    navigator.locks.request(SESSION_LOCK, async () => {
      await settleOwed();
      const said = (body as { sharedComputer?: boolean }).sharedComputer ?? shared;
      const answer = await callOrUnavailable(path, { method: "POST", headers: { "content-type": "application/json", ...COOKIE_HEADERS }, body: JSON.stringify(body) });
      const answered = (await answer.json()) as { secondFactor?: PendingSignIn };
      setPending(answered.secondFactor ?? null);
      shared = said;
      if (answered.secondFactor) return;
      const session = Session.parse(answered);
      noteBrowser();
      noteTouch(clock.now());
      key = null;
      const user = await device.remember(session.user, clock.now(), { shared: said, byLock: false });
      take(session, user, await device.hereOf(user.id));
      tabs.tell({ kind: "people" });
      if (session.closingTakenBack || localStorage.getItem(CLOSING_NOTE)) void import("./account/came-in.ts").then(({ cameIn }) => cameIn(session, clock.now()), console.error);
    });

  const close = async (owed: Owed): Promise<void> => {
    const was = state();
    await device.leave(owed);
    if (was.kind === "open") tabs.tell({ kind: "closed", userId: was.user.id });
    await showDoor();
    // The door first: who stands before it waits for no network.
    endOwed();
  };
  const putLock = async (lock: Parameters<SessionControl["setLock"]>[0] | null): Promise<void> => {
    const now = state();
    if (now.kind !== "open") return;
    await device.putLock(now.user.id, lock ? await (await import("./lock/device-lock.ts")).seal(lock, random) : undefined);
    noteBrowser();
    noteTouch(clock.now());
    await show(now.user);
    tabs.tell({ kind: "changed", userId: now.user.id });
  };

  const last = await device.openPerson();
  const here = last && (await device.hereOf(last.id));
  if (here?.shared && !browserGoesOn()) await device.leave("sign-out");
  else if (here?.lock && (!browserGoesOn() || isLeft(clock.now(), LOCKED_MS))) await device.leave("lock");
  else if (last && here) setState({ ...here, kind: "open", user: last, needsSignIn: false });
  if (state().kind !== "open") await showDoor();
  endOwed();
  void clearGone(device).catch(console.error);
  lookForPerson();
  watchTouches(clock.now, lookForPerson);

  return {
    state,
    pending,
    leaving,
    leave,
    waiting: countWaiting,
    enter,
    giveUp: () => void setPending(null),
    token: currentToken,
    accessToken: () => currentToken({ renew: false }),
    signIn: (email, password, sharedComputer) => enter("/api/auth/login", { email, password, ...(sharedComputer && { sharedComputer }) }),
    setUp: (input) => enter("/api/setup", input),
    signOut: async () => {
      await close("sign-out");
      return clearGone(device);
    },
    setLock: putLock,
    removeLock: () => putLock(null),
    lock: () => close("lock"),
    unlock: async (userId, entered) => {
      const { unseal, waitMsAfter } = await import("./lock/device-lock.ts");
      const lock = await device.tryLock(userId, clock.now(), waitMsAfter);
      if (typeof lock === "number") return { kind: "wait", waitMs: lock };
      const opened = await unseal(lock, entered);
      if (opened === null) return { kind: "wrong", waitMs: waitMsAfter(lock.tries) };
      noteBrowser();
      noteTouch(clock.now());
      const user = await device.reopen(userId, lock, clock.now());
      if (!user) return { kind: "wait", waitMs: 0 };
      const standing = await device.hereOf(userId);
      key = opened;
      setState({ ...standing, kind: "open", user, needsSignIn: false });
      tabs.tell({ kind: "people" });
      return { kind: "open" };
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

async function refresh(path: string, body?: unknown): Promise<Refreshed> {
  try {
    const answer = await call(path, { method: "POST", headers: { ...COOKIE_HEADERS, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    if (answer.ok) return { kind: "renewed", session: Session.parse(await answer.json()) };
    // 401 is the server's word that this cookie, or key, opens nothing, or that there is no cookie: a page that was loaded again has forgotten the key, and the lock brings it. Everything else is weather.
    if (answer.status !== 401) return { kind: "unreachable" };
    return { kind: (await answer.text()).includes("not_signed_in") ? "nothing-to-renew" : "ended" };
  } catch {
    return { kind: "unreachable" };
  }
}
