import { type Answer, type Declaration, EXISTING, IN_BODY, type Place, SOMEBODY } from "./declaration.ts";

const AT = Date.UTC(2026, 10, 1);
const batch = (stream: string, { courseId, pageId }: Place, newId: () => string) => ({
  stream, sentAt: AT, events: [{ seq: 1, id: newId(), verb: "page.opened", courseId, itemId: pageId, at: AT, monotonicMs: 1, boot: newId() }],
});
/** An event that is not taken is refused by its number; the others of the batch pass. */
const allTaken = ({ status, json }: Answer): boolean => status === 200 && (json["refused"] as unknown[]).length === 0;

/** What people did, and what staff read of it: sync-server/activity, sync-server/reports. */
export const activity: Declaration = {
  "POST /api/events": {
    may: { instructor: EXISTING, assistant: EXISTING, student: EXISTING, observer: EXISTING },
    on: IN_BODY, reached: allTaken, refusedWrites: "a refused event takes its number",
    send: (place, { newId }) => ({ headers: { "content-type": "application/json" }, body: batch(newId(), place, newId) }),
  },
  "POST /api/events (a stream that exists)": {
    may: { owner: EXISTING }, on: SOMEBODY, reached: ({ status }) => status === 200, refusedWrites: "the stream is locked before it is looked at",
    send: (place, { newId }) => ({ headers: { "content-type": "application/json" }, body: batch(place.streamId, place, newId) }),
  },
  // Here without the store of activity: whoever may read the report is told that there is none.
  "GET /api/reports/course-activity": {
    may: { instructor: EXISTING, assistant: EXISTING }, on: IN_BODY, answers: 503, send: ({ courseId }) => ({ query: { courseId } }),
  },
};
