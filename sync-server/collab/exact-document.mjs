// @ts-check
// Plain JavaScript, because the thread in which updates are tried needs it, too.
import * as Y from "yjs";

/**
 * A document of the server: it holds exactly what it was given. Left to itself Yjs tidies up formats after it took what others wrote, which is
 * an edit of its own: (1) the copy on which updates are tried takes out a mark, (2) somebody's editor, which tidies up as well, sends just that
 * deletion, (3) the copy has it already, so it counts as known, (4) it is acknowledged and not stored.
 */
export function makeExactDocument() {
  const doc = new Y.Doc();
  // Yjs tidies up only after transactions that are not one's own; nothing else on a server asks whose they are.
  doc.on("beforeObserverCalls", (transaction) => {
    transaction.local = true;
  });
  return doc;
}
