import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { ActiveTime } from "./visit.ts";
import type { RecordedEvent } from "./recorder.ts";

/** Seconds are told at least this often, so that a phone that dies takes at most a minute with it. */
const TELL_MS = 60_000;
/** One sign a second is enough to see a gap of a minute. */
const SIGN_MS = 1_000;

const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove"] as const;

export interface VisitedPage {
  readonly courseId: string;
  readonly itemId: string;
  readonly lang: Language;
}

export interface PageVisitOptions {
  readonly page: VisitedPage;
  readonly clock: Clock;
  readonly random: Random;
  record(event: RecordedEvent): Promise<void>;
  /** The page is being hidden and its last seconds are recorded. */
  onHidden(): void;
}

const inUse = (): boolean => document.visibilityState === "visible" && document.hasFocus();

/** Records a visit to a page: opened, seconds in use, left. */
export function makePageVisit({ page, clock, random, record, onHidden }: PageVisitOptions): { readonly id: string; end(): void } {
  const visit = newRev({ random });
  const time = new ActiveTime(inUse() ? clock.monotonic() : null);
  const tell = (verb: "page.opened" | "page.viewed" | "page.left", seconds?: number) =>
    record({ verb, ...page, visit, ...(seconds === undefined ? {} : { seconds }) });
  let lastSign = clock.monotonic();

  const tellSeconds = async () => {
    const seconds = time.take(clock.monotonic());
    if (seconds > 0) await tell("page.viewed", seconds);
  };
  const onSign = (event: Event) => {
    const now = clock.monotonic();
    // RxDB sends itself a mousemove now and then to keep a tab awake; only a person's input is trusted.
    if (!event.isTrusted || now - lastSign < SIGN_MS) return;
    lastSign = now;
    time.sign(now);
  };
  const onUse = () => (inUse() ? time.shown(clock.monotonic()) : time.hidden(clock.monotonic()));
  const onVisibility = () => {
    onUse();
    if (document.visibilityState === "hidden") void tellSecondsAfterHidden();
  };
  const tellSecondsAfterHidden = async () => {
    await tellSeconds();
    onHidden();
  };

  void tell("page.opened");
  const listening = new AbortController();
  const { signal } = listening;
  for (const name of SIGNS) document.addEventListener(name, onSign, { capture: true, passive: true, signal });
  document.addEventListener("visibilitychange", onVisibility, { signal });
  window.addEventListener("focus", onUse, { signal });
  window.addEventListener("blur", onUse, { signal });
  window.addEventListener("pagehide", () => void tellSecondsAfterHidden(), { signal });
  // Not a sign of life: what is counted is told, the gap goes on.
  const telling = setInterval(() => void tellCounted(), TELL_MS);
  const tellCounted = async () => {
    const seconds = time.takeCounted();
    if (seconds > 0) await tell("page.viewed", seconds);
  };

  return {
    id: visit,
    end: () => {
      clearInterval(telling);
      listening.abort();
      void tellSeconds().then(() => tell("page.left"));
    },
  };
}
