import * as Y from "yjs";

/**
 * Whether `doc` holds everything that a wish names: its Base64 Yjs snapshot of format 1. A state vector alone would not do: two documents
 * have equal ones while one of them misses a deletion. Throws for a text that is no snapshot.
 */
export function holdsWish(doc: Y.Doc, state: string): boolean {
  const wished = Y.decodeSnapshot(Buffer.from(state, "base64"));
  for (const [client, clock] of wished.sv) if (Y.getState(doc.store, client) < clock) return false;
  const deleted = Y.createDeleteSetFromStructStore(doc.store);
  return Y.equalDeleteSets(Y.mergeDeleteSets([deleted, wished.ds]), deleted);
}
