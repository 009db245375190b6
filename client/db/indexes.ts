/**
 * The indexes of each collection on the device, beside the primary key. Two rules, both of the Dexie storage:
 * 1. A document that lacks an indexed field is not in that index at all. So the first index of a collection is one that
 *    every document has (`courseId`): RxDB falls back to the first index when a query names no indexed field.
 * 2. An index is paid for at every write; nothing is listed here that no query uses.
 */
export const indexesOf: Readonly<Record<string, readonly (readonly string[])[]>> = {
  courses: [],
  members: [["courseId"]],
  modules: [["courseId"]],
  // Pages by module in their order; text and edition by their page.
  items: [["courseId"], ["moduleId", "order"], ["itemId"]],
  progress: [["courseId"], ["itemId"]],
  drafts: [["courseId"], ["itemId"]],
};
