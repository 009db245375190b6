import { ALWAYS, CHANGEABLE, type Declaration, EXISTING, IN_BODY, PERSONS, relations, SOMEBODY } from "./declaration.ts";

const LOCKED = "who counts seats is locked before anything is looked at";
const TRIES = "tries are counted";
/** Of an archived course the administrators alone decide who is in it: it can be given to another (G8). */
const managers = { instructor: CHANGEABLE, administrator: EXISTING };
/** A code opens a draft too, so that a class can come in before the first lesson. */
const JOINABLE = ["own", "peer", "otherGroup", "otherCourse", "unpublished", "hidden", "deleted"] as const;

/** Courses and who is in them: sync-server/courses. */
export const courses: Declaration = {
  "POST /api/courses": { may: { author: ALWAYS }, send: () => ({ body: { title: { en: "New" }, languages: ["en"] } }) },
  // The same request again, whose answer was lost, makes no second course; another's course is not taken over.
  "POST /api/courses (an id that is taken)": {
    may: { instructor: EXISTING }, on: EXISTING, send: ({ courseId }) => ({ body: { id: courseId, title: { en: "Mine now" }, languages: ["en"] } }),
  },
  "POST /api/courses/:id/members": {
    may: managers, on: relations, refusedWrites: TRIES,
    send: ({ courseId, person }) => ({ params: { id: courseId }, body: { email: person.email, role: "student" } }),
  },
  // Where it is about the caller: an administrator is in none of these courses, so there is no role to change.
  "PATCH /api/courses/:id/members/:userId": {
    may: { instructor: CHANGEABLE, administrator: EXISTING.filter((relation) => relation !== "own") }, on: relations, refusedWrites: LOCKED,
    send: ({ courseId, person }) => ({ params: { id: courseId, userId: person.id }, body: { role: "assistant" } }),
  },
  "DELETE /api/courses/:id/members/:userId": {
    may: managers, on: relations, send: ({ courseId, person }) => ({ params: { id: courseId, userId: person.id } }),
  },

  "POST /api/courses/:id/copy": { may: { instructor: EXISTING, administrator: EXISTING }, on: relations, send: ({ courseId, freshId }) => ({ params: { id: courseId }, body: { id: freshId, title: { en: "Copy" } } }) },
  "GET /api/course-copies/:id": { may: { owner: SOMEBODY, administrator: SOMEBODY }, on: PERSONS, send: ({ person }) => ({ params: { id: person.copyId } }) },

  "GET /api/courses/:id/entry": { may: managers, on: relations, send: ({ courseId }) => ({ params: { id: courseId } }) },
  "PATCH /api/courses/:id/entry": { may: managers, on: relations, send: ({ courseId }) => ({ params: { id: courseId }, body: { code: "new" } }) },
  "POST /api/courses/:id/waiting/:userId": { may: managers, on: relations, send: ({ courseId, waitingId }) => ({ params: { id: courseId, userId: waitingId } }) },
  "DELETE /api/courses/:id/waiting/:userId": { may: managers, on: relations, send: ({ courseId, waitingId }) => ({ params: { id: courseId, userId: waitingId } }) },
  // Whoever has the code; no course here is open without one.
  "POST /api/join/look": { may: { person: JOINABLE }, on: IN_BODY, send: ({ courseCode }) => ({ body: { code: courseCode } }), refusedWrites: TRIES },
  "POST /api/join/look (without the code)": { may: {}, on: IN_BODY, send: ({ courseId }) => ({ body: { courseId } }) },
  "POST /api/join": { may: { person: JOINABLE }, on: IN_BODY, send: ({ courseCode }) => ({ body: { code: courseCode } }), refusedWrites: TRIES },
  "POST /api/join (without the code)": { may: {}, on: IN_BODY, send: ({ courseId }) => ({ body: { courseId } }), refusedWrites: TRIES },
  "GET /api/join": { may: { person: ALWAYS } },
  "GET /api/catalogue": { may: { person: ALWAYS } },
  // Says of every course, and of what is none, whether the caller waited for it.
  "DELETE /api/join/:courseId": { may: { person: relations }, on: relations, send: ({ courseId }) => ({ params: { courseId } }) },
};
