// A real embedded engine in a temporary folder, for the tests that need one. Where the library is absent they say "not run".
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnalyticsState } from "@mochila/shared/activity/activity-store.ts";
import { EVENT_COLUMNS } from "@mochila/shared/activity/row.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { openAnalytics } from "../engine.ts";

const quiet = { info: () => undefined, warn: () => undefined };

function libraryIsHere(): boolean {
  try {
    const engine = createRequire(createRequire(import.meta.url).resolve("chdb"));
    engine.resolve(`@chdb/lib-${process.platform}-${process.arch}${process.platform === "linux" ? "-gnu" : ""}/package.json`);
    return true;
  } catch {
    return false;
  }
}
export const engineIsHere = libraryIsHere();
if (!engineIsHere) console.warn("not run: the embedded ClickHouse engine (chdb) is not installed on this machine");

type TestAnalytics = Awaited<ReturnType<typeof openAnalytics>>;

export const stateOf = (analytics: TestAnalytics, kind: AnalyticsState["kind"]): Promise<AnalyticsState> =>
  new Promise((resolve) => {
    const look = (state: AnalyticsState) => {
      if (state.kind !== kind) return;
      stop();
      resolve(state);
    };
    const stop = analytics.onChange(look);
    look(analytics.state());
  });

export async function openTestAnalytics(folder?: string) {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), "mochila-analytics-")));
  const analytics = await openAnalytics({ url: null, dataDir, random: systemRandom, log: quiet });
  await stateOf(analytics, "ready");
  return {
    analytics,
    dataDir,
    drop: async () => {
      await analytics.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

type TestEvent = Record<(typeof EVENT_COLUMNS)[number], string | number | boolean | null>;

/** `2026-11-22 17:30:00.123`, UTC. */
export const instant = (milliseconds: number): string => new Date(milliseconds).toISOString().replace("T", " ").replace("Z", "");

/** Events of a course as the forwarder reads them: `count` people see one page each for a quarter of a minute. */
export function testEvents(count: number, rest: Partial<TestEvent> & { course_id: string }): TestEvent[] {
  const at = Date.UTC(2026, 10, 20, 12);
  return Array.from({ length: count }, (_, index) => {
    const event = {
      event_id: newId(), user_id: newId(), item_id: newId(), stream_id: newId(), stream_seq: index + 1, verb: "page.viewed", lang: "en", visit: null, part: null,
      duration_ms: 15_000, device_at_ms: at, happened_at: instant(at), received_at: instant(at + 1_000), clock_jump: false, ...rest,
    };
    return { ...event, day: String(event.happened_at).slice(0, 10) };
  });
}

export const linesOf = (events: readonly TestEvent[]): string =>
  events.map((event) => EVENT_COLUMNS.map((column) => event[column] ?? "\\N").join("\t")).join("\n");

export const period = { fromDay: "2026-11-01", toDay: "2026-11-30", notStudents: [] as string[] };
