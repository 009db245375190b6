// @ts-check
// The thread in which bytes from outside are decoded first, and in which logs are merged. Plain JavaScript, because a thread is started
// without the loader that the rest of the server runs under. Update format 1 only: twenty bytes of format 2 can take all memory.
import { parentPort } from "node:worker_threads";
import * as Y from "yjs";
import { makeExactDocument } from "./exact-document.mjs";

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
  const doc = makeExactDocument();
  let bytes = 0;
  for (const update of base) {
    Y.applyUpdate(doc, update);
    bytes += update.length;
  }
  shadows.set(room, { doc, bytes });
  return { evicted: evict(room) };
}

/**
 * Applies updates to the shadow, together in one transaction, or `apart`, one after the other up to the first that does not decode or does not
 * fit. `fresh` says of each that was applied whether it brought anything; of updates that were tried together, whether any of them did.
 * @param {{ room: string, updates: Uint8Array[], apart: boolean }} job
 */
function applyToRoom({ room, updates, apart }) {
  const shadow = shadows.get(room);
  if (!shadow) throw new Error("the room is not here");
  shadows.delete(room);
  shadows.set(room, shadow);
  const together = !apart && updates.length > 1;
  /** @type {boolean[]} */
  const fresh = [];
  try {
    if (together) fresh.push(...Array(updates.length).fill(bringsAnything(shadow.doc, updates)));
    else for (const update of updates) fresh.push(bringsAnything(shadow.doc, [update]));
  } catch {
    // A document in which an update failed half-way is no longer the room.
    drop(room);
    return { fresh, refused: true, together };
  }
  for (const update of updates) shadow.bytes += update.length;
  return { fresh, refused: false, together };
}

/**
 * Applies updates and says whether they changed the document: what the event "update" would say, without encoding it.
 * @param {Y.Doc} doc @param {Uint8Array[]} updates
 */
function bringsAnything(doc, updates) {
  const { pendingStructs, pendingDs } = doc.store;
  const pending = pendingStructs?.update;
  let changed = false;
  const note = (/** @type {Y.Transaction} */ { deleteSet, beforeState, afterState }) => {
    changed = deleteSet.clients.size > 0 || isAhead(afterState, beforeState);
  };
  doc.on("afterTransaction", note);
  doc.transact(() => {
    for (const update of updates) Y.applyUpdate(doc, update);
  });
  doc.off("afterTransaction", note);
  // By identity: where something waits, Yjs may say "new" of what it has already, which costs a row; the other mistake would cost the text.
  return changed || doc.store.pendingStructs?.update !== pending || doc.store.pendingDs !== pendingDs;
}

/** @param {Map<number, number>} after @param {Map<number, number>} before */
function isAhead(after, before) {
  for (const [client, clock] of after) if (before.get(client) !== clock) return true;
  return false;
}

/** @param {{ rooms: { room: string, lengths: number[], apart: boolean }[], bytes: Uint8Array }} job `bytes`: all updates, one after the other */
function apply({ rooms, bytes }) {
  let at = 0;
  return rooms.map(({ room, lengths, apart }) => applyToRoom({ room, apart, updates: lengths.map((length) => bytes.subarray(at, (at += length))) }));
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
  const from = makeExactDocument();
  from.transact(() => {
    if (state) Y.applyUpdate(from, state);
    for (const update of updates) Y.applyUpdate(from, update);
  });
  const merged = Y.encodeStateAsUpdate(from);
  const to = makeExactDocument();
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
    parentPort?.postMessage({ refused: String(error instanceof Error ? error.message : error) });
  }
});
parentPort?.postMessage({ ready: true });
