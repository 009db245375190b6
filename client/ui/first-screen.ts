/** A screen that never stands must not keep the rest waiting. */
const LONGEST_MS = 3_000;
/** The browser may be busy drawing for a while after the content is in the document. */
const IDLE_MS_MAX = 500;

let shown: () => void;
const standing = new Promise<void>((resolve) => {
  shown = resolve;
});

/** A screen is in the document with what it shows. Later calls say nothing new. */
export const noteScreen = (): void => shown();

/** Resolves when the first screen of this visit can be read and the browser has nothing better to do. What nobody sees at once begins then. */
export async function firstScreen(): Promise<void> {
  await Promise.race([standing, new Promise<void>((resolve) => setTimeout(resolve, LONGEST_MS))]);
  await new Promise<void>((resolve) => {
    // Safari has no requestIdleCallback.
    if (typeof requestIdleCallback === "function") requestIdleCallback(() => resolve(), { timeout: IDLE_MS_MAX });
    else setTimeout(resolve, 0);
  });
}
