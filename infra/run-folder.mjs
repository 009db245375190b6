// Where one run of the tests keeps its databases, schools and browser profiles.
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm";
/** A run holds less than 1 GB at any moment; the rest stays for the tests themselves and for who else is here. */
const ROOM_BYTES_MIN = 4 * 1024 ** 3;
/** Of a container, whose files in memory count as its own. */
const CONTAINER_BYTES_MIN = 2 * ROOM_BYTES_MIN;
const NAME = /^mochila-run-(\d+)-/u;

/** Thousands of small files are made and removed: in memory that is a tenth of the work. None of them has to outlive a power cut. */
function hasRoomInMemory() {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    // 0 or more than there is: no limit.
    const limit = process.constrainedMemory() || Infinity;
    return limit >= CONTAINER_BYTES_MIN && Math.min(bavail * bsize, freemem()) >= ROOM_BYTES_MIN;
  } catch {
    // A system without it.
    return false;
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** What a run that was killed could not remove. */
function removeLeftOvers(folder) {
  for (const name of readdirSync(folder)) {
    const [, pid] = NAME.exec(name) ?? [];
    if (pid && !isRunning(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** A new folder; whoever made it removes it. */
export function makeRunFolder() {
  const parent = hasRoomInMemory() ? MEMORY : tmpdir();
  removeLeftOvers(parent);
  const folder = mkdtempSync(join(parent, `mochila-run-${process.pid}-`));
  // As `/tmp`: the account that runs PostgreSQL removes its clusters itself.
  chmodSync(folder, 0o1777);
  return folder;
}
