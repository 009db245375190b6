/**
 * Whether the browser goes on in which somebody came in: a cookie that it forgets when it closes, as it forgets the session's of a shared
 * computer, which no script sees. It says nothing of anybody. Cookies are shared by all ports of a machine.
 */
const mark = (): string => `mochila-here-${location.port}=1`;

export const noteBrowser = (): void => void (document.cookie = `${mark()}; path=/; samesite=strict`);
export const browserGoesOn = (): boolean => document.cookie.includes(mark());

/** Where the door finds that somebody asked here to close their account (`account/closing-note.ts`). */
export const CLOSING_NOTE = "mochila-closing";

/** When somebody last touched a page of the app, in any tab. */
const TOUCHED = "mochila-touched";
/** So seldom it is written down. */
const NOTED_MS = 10_000;
const LOOKED_MS = 30_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

/** Nobody has touched the app for so long that whoever stands there now may be somebody else; a clock that was put back counts as that. */
export const isLeft = (now: number, ms: number): boolean => Math.abs(now - Number(localStorage.getItem(TOUCHED))) > ms;

export const noteTouch = (now: number): void => localStorage.setItem(TOUCHED, String(now));

/** Calls `look` twice a minute, and notes each touch before which `look` has had its word. */
export function watchTouches(now: () => number, look: () => void): void {
  let noted = now();
  const touched = ({ isTrusted }: Event) => {
    const at = now();
    // RxDB sends itself signs to keep a tab awake; only a person's are trusted.
    if (!isTrusted || Math.abs(at - noted) < NOTED_MS) return;
    look();
    noted = at;
    noteTouch(at);
  };
  for (const sign of SIGNS) window.addEventListener(sign, touched, { passive: true, capture: true });
  setInterval(look, LOOKED_MS);
}
