// @ts-check
// The thread in which bytes from outside are decoded first, and in which logs are merged. Plain JavaScript, because a thread is started
// without the loader that the rest of the server runs under. Update format 1 only: twenty bytes of format 2 can take all memory.
import { parentPort } from "node:worker_threads";
import * as Y from "yjs";

/** Documents kept here, least recently used first: the room as the server has it, against which an update is tried. */
const SHADOW_BYTES_MAX = 24 * 1024 * 1024;
/** @type {Map<string, { doc: Y.Doc, bytes: number }>} */
const shadows = new Map();

/** @param {string} room */
function drop(room) {
  shadows.get(room)?.doc.destroy();
  shadows.delete(room);
}

/** @param {string} keep @returns {string[]} rooms that are no longer here */
function evict(keep) {
  const evicted = [];
  let bytes = 0;
  for (const shadow of shadows.values()) bytes += shadow.bytes;
  for (const [room, shadow] of shadows) {
    if (bytes <= SHADOW_BYTES_MAX || room === keep) continue;
    bytes -= shadow.bytes;
    drop(room);
    evicted.push(room);
  }
  return evicted;
}

/** @param {{ room: string, base: Uint8Array[] }} job */
function hold({ room, base }) {
  drop(room);
  const doc = new Y.Doc();
  let bytes = 0;
  for (const update of base) {
    Y.applyUpdate(doc, update);
    bytes += update.length;
  }
  shadows.set(room, { doc, bytes });
  return { evicted: evict(room) };
}

/** Applies an update to the shadow. Throws for what does not decode or does not fit. @param {{ room: string, update: Uint8Array }} job */
function apply({ room, update }) {
  const shadow = shadows.get(room);
  if (!shadow) throw new Error("the room is not here");
  shadows.delete(room);
  shadows.set(room, shadow);
  let changed = false;
  const note = () => {
    changed = true;
  };
  shadow.doc.on("update", note);
  const pending = shadow.doc.store.pendingStructs?.update.length ?? 0;
  const pendingDeletes = shadow.doc.store.pendingDs?.length ?? 0;
  Y.applyUpdate(shadow.doc, update);
  shadow.doc.off("update", note);
  shadow.bytes += update.length;
  const waiting = (shadow.doc.store.pendingStructs?.update.length ?? 0) !== pending || (shadow.doc.store.pendingDs?.length ?? 0) !== pendingDeletes;
  return { changed: changed || waiting };
}

/** @param {Y.Doc} doc */
const pendingOf = (doc) =>
  JSON.stringify([
    [...(doc.store.pendingStructs?.missing ?? [])].sort((left, right) => left[0] - right[0]),
    doc.store.pendingStructs?.update.length ?? 0,
    [...(doc.store.pendingDs ?? [])],
  ]);

/**
 * One state that holds what a snapshot and updates hold. Verified: a document made from the new state alone equals the one made from
 * the old parts, also in what waits for something missing.
 * @param {{ state: Uint8Array | null, updates: Uint8Array[] }} job
 */
function merge({ state, updates }) {
  const from = new Y.Doc();
  from.transact(() => {
    if (state) Y.applyUpdate(from, state);
    for (const update of updates) Y.applyUpdate(from, update);
  });
  const merged = Y.encodeStateAsUpdate(from);
  const to = new Y.Doc();
  Y.applyUpdate(to, merged);
  const same = Y.equalSnapshots(Y.snapshot(from), Y.snapshot(to)) && pendingOf(from) === pendingOf(to);
  from.destroy();
  to.destroy();
  if (!same) throw new Error("the merged state differs from its parts");
  return { state: merged };
}

/** @type {Record<string, (job: any) => unknown>} */
const work = { hold, apply, merge };

parentPort?.on("message", (job) => {
  try {
    parentPort?.postMessage({ result: work[job.kind]?.(job) });
  } catch (error) {
    // A document in which an update failed half-way is no longer the room.
    if (job.kind === "apply") drop(job.room);
    parentPort?.postMessage({ refused: String(error instanceof Error ? error.message : error) });
  }
});
parentPort?.postMessage({ ready: true });
