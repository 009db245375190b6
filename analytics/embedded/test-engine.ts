// A real embedded engine in a temporary folder, for the tests that need one. Where the library is absent they say "not run".
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AnalyticsState } from "@mochila/shared/activity/activity-store.ts";
import type { ActivityRow } from "@mochila/shared/activity/row.ts";
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

/** Rows as the forwarder reads them: `count` people open, read and complete one item each. */
export function activityRows(count: number, rest: Partial<ActivityRow> & { courseId: string }): ActivityRow[] {
  const at = Date.UTC(2026, 10, 20, 12);
  return Array.from({ length: count }, (_, index) => ({
    eventId: newId(),
    userId: newId(),
    itemId: newId(),
    streamId: newId(),
    streamSeq: index + 1,
    verb: "page.viewed" as const,
    lang: "en",
    visit: null,
    part: null,
    durationMs: 15_000,
    deviceAt: at,
    happenedAt: at,
    receivedAt: at + 1_000,
    clockJump: false,
    ...rest,
  }));
}

export const period = { fromDay: "2026-11-01", toDay: "2026-11-30", notStudents: [] as string[] };
