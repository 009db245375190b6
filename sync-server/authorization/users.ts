import { ALWAYS, type Declaration, PERSONS, SOMEBODY } from "./declaration.ts";

const ours = { "x-lms": "1" };
/** As far as anybody looks into it: a picture of 3 by 3 pixels. */
const SQUARE = new Uint8Array(Buffer.from(`89504e470d0a1a0a0000000d494844520000000300000003${"00".repeat(40)}`, "hex"));
const bogusLink = "A".repeat(43);

/** Signing in, and one's own account: sync-server/users. */
export const users: Declaration = {
  "POST /api/auth/login": { may: { anyone: ["peer"] }, on: ["peer"], send: ({ person }, { password }) => ({ body: { email: person.email, password } }) },
  "POST /api/auth/login (wrong password)": {
    may: {}, refused: "wrong_credentials", strangers: "wrong_credentials", refusedWrites: "tries are counted and noted",
    send: (_, { newEmail }) => ({ body: { email: newEmail(), password: "something else" } }),
  },
  "POST /api/auth/refresh": { may: { person: ALWAYS }, refused: "session_ended", refusedWrites: "the session is locked before it is looked at", send: () => ({ headers: ours }) },
  "POST /api/auth/logout": { may: { anyone: ALWAYS }, answers: 204, send: () => ({ headers: ours }) },
  "POST /api/auth/lock": { may: { anyone: ALWAYS }, answers: 204, send: () => ({ headers: ours }) },
  "POST /api/auth/device-key": { may: {}, refused: "session_ended", strangers: "session_ended", send: () => ({ headers: ours, body: { key: bogusLink } }) },
  "POST /api/me/device-key": { may: { person: ALWAYS }, send: (_, { password }) => ({ body: { password } }) },
  "DELETE /api/me/device-key": { may: { person: ALWAYS }, answers: 204 },
  "POST /api/auth/forgotten": { may: { anyone: ALWAYS }, answers: 202, evened: true, send: (_, { newEmail }) => ({ body: { email: newEmail() } }) },
  "POST /api/auth/reset": { may: {}, strangers: "forbidden", refusedWrites: "tries are counted", send: (_, { password }) => ({ body: { token: bogusLink, password } }) },
  "POST /api/accounts/link": { may: {}, strangers: "forbidden", refusedWrites: "tries are counted", send: () => ({ body: { token: bogusLink } }) },
  "POST /api/accounts/confirm": { may: {}, strangers: "forbidden", refusedWrites: "tries are counted", send: () => ({ body: { token: bogusLink } }) },
  "POST /api/accounts": {
    may: { anyone: ALWAYS }, answers: 202, evened: true,
    send: (_, { newEmail, password }) => ({ body: { email: newEmail(), name: "Somebody", password, language: "en" } }),
  },
  "GET /api/door": { may: { anyone: ALWAYS } },
  "GET /api/setup": { may: { anyone: ALWAYS } },
  // The school is set up: no link opens it again.
  "POST /api/setup": {
    may: {}, strangers: "forbidden",
    send: (_, { newEmail, password }) => ({ body: { token: bogusLink, name: "Somebody", email: newEmail(), password } }),
  },

  "GET /api/me": { may: { person: ALWAYS } },
  "PATCH /api/me": { may: { person: ALWAYS }, send: () => ({ body: { language: "es" } }) },
  "POST /api/me/password": { may: { person: ALWAYS }, answers: 204, send: (_, { password }) => ({ body: { current: password, password: `${password} 2` } }) },
  "POST /api/me/email": { may: { person: ALWAYS }, answers: 202, evened: true, send: (_, { newEmail, password }) => ({ body: { email: newEmail(), password } }) },
  "POST /api/me/picture": { may: { person: ALWAYS }, send: () => ({ bytes: SQUARE, headers: { "content-type": "image/png" } }) },
  "DELETE /api/me/picture": { may: { person: ALWAYS }, answers: 204 },
  "GET /api/me/sessions": { may: { person: ALWAYS } },
  "DELETE /api/me/sessions": { may: { person: ALWAYS }, answers: 204 },
  "DELETE /api/me/sessions/:id": { may: { owner: SOMEBODY }, on: PERSONS, answers: 204, send: ({ person }) => ({ params: { id: person.sessionId } }) },
};
