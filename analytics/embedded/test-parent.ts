// A program with an embedded engine, to be killed by the test: prints the engine's process when it answers.
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { openAnalytics } from "../engine.ts";

const analytics = await openAnalytics({ url: null, dataDir: process.argv[2] ?? "", random: systemRandom, log: { info: () => undefined, warn: () => undefined } });
analytics.onChange((state) => {
  if (state.kind === "ready") process.stdout.write(`ready ${analytics.processId()}\n`);
});
