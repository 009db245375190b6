import { createRoot, createSignal } from "solid-js";

export interface Toast {
  readonly text: string;
  /** Puts things back as they were. */
  readonly undo?: (() => void) | undefined;
}

/** Long enough to read a line and reach for Undo; what a toast says stands in its own place too. */
const TOAST_MS = 6_000;

const [current, setCurrent] = createRoot(() => createSignal<Toast | null>(null));
let ending: ReturnType<typeof setTimeout> | undefined;
let isFresh = false;
let aging: ReturnType<typeof setTimeout> | undefined;
/** What leads to another page and says so is younger than this when the page comes. */
const PAGE_COMES_MS = 1_500;

export const currentToast = current;

export function dismissToast(): void {
  clearTimeout(ending);
  setCurrent(null);
}

/** Shows one line, and Undo where there is one. A newer line takes the place of an older. */
export function showToast(text: string, undo?: () => void): void {
  clearTimeout(ending);
  clearTimeout(aging);
  isFresh = true;
  aging = setTimeout(() => (isFresh = false), PAGE_COMES_MS);
  setCurrent({ text, undo });
  ending = setTimeout(dismissToast, TOAST_MS);
}

/** Another page: what was done on the one before is not its news. */
export function leaveToastBehind(): void {
  if (!isFresh) dismissToast();
}
