import { silentLog } from "../log.ts";
import { startEmbeddedPostgres } from "./embedded.ts";

// A process of its own for `embedded.pg.test.ts`: holds the cluster of a folder until its standard input ends, or until it is killed.
// Says `held <url>` or `refused <why>` on its standard output.

const [dataDir = "", role] = process.argv.slice(2);
try {
  const held = await startEmbeddedPostgres({ dataDir, log: silentLog, exclusive: role === "server" });
  console.log(`held ${held.url}`);
  process.stdin.resume().once("end", () => void held.stop().then(() => process.exit(0)));
} catch (error) {
  console.log(`refused ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
