import { ALWAYS, type Declaration, type Permission, OTHERS, PERSONS, SOMEBODY } from "./declaration.ts";

const bogus = "A".repeat(43);
const credential = { id: "none", rawId: "none", type: "public-key", response: { clientDataJSON: "e30" } };
const TRIES = "tries are counted";
/** A step of a sign-in that nobody has begun, or not in this browser. */
const closed = { refused: "session_ended", strangers: "session_ended" } as const;
const halfway: Permission = { may: { halfway: ALWAYS }, ...closed, send: (_, { pendingToken }) => ({ body: { token: pendingToken } }) };

/** The second step of a sign-in, and one's own second factors: sync-server/users/second-factor. */
export const secondFactor: Declaration = {
  "POST /api/auth/second-factor": { may: {}, ...closed, send: () => ({ body: { token: bogus, code: "000000" } }) },
  "POST /api/auth/second-factor/passkey/begin": halfway,
  "POST /api/auth/second-factor/passkey": { may: {}, ...closed, send: () => ({ body: { token: bogus, credential } }) },
  "POST /api/auth/second-factor/set-up/app": halfway,
  "POST /api/auth/second-factor/set-up/app/confirm": { may: {}, ...closed, send: () => ({ body: { token: bogus, app: bogus, code: "000000" } }) },
  "POST /api/auth/second-factor/set-up/passkey": halfway,
  "POST /api/auth/second-factor/set-up/passkey/confirm": { may: {}, ...closed, send: () => ({ body: { token: bogus, credential } }) },
  "POST /api/auth/second-factor/set-up/done": { may: {}, ...closed, send: () => ({ body: { token: bogus } }) },
  "POST /api/auth/passkey/begin": { may: { anyone: ALWAYS } },
  "POST /api/auth/passkey": { may: {}, refused: "wrong_credentials", strangers: "wrong_credentials", send: () => ({ body: { credential } }) },

  "GET /api/me/second-factors": { may: { person: ALWAYS } },
  "POST /api/me/second-factors/app": { may: { person: ALWAYS }, send: (_, { password }) => ({ body: { password } }) },
  "POST /api/me/second-factors/app/confirm": { may: {}, send: () => ({ body: { app: bogus, code: "000000" } }), refusedWrites: TRIES },
  "POST /api/me/second-factors/passkey": { may: { person: ALWAYS }, send: (_, { password }) => ({ body: { password } }) },
  "POST /api/me/second-factors/passkey/confirm": { may: {}, refused: "wrong_credentials", send: () => ({ body: { credential } }) },
  "POST /api/me/second-factors/codes": { may: { person: ALWAYS }, send: (_, { password }) => ({ body: { password } }) },
  "POST /api/me/second-factors/:id/remove": {
    may: { owner: SOMEBODY }, on: PERSONS, answers: 204, refusedWrites: TRIES, send: ({ person }, { password }) => ({ params: { id: person.factorId }, body: { password } }),
  },
  "DELETE /api/admin/people/:id/second-factors": { may: { administrator: OTHERS }, on: [...OTHERS, "missing", "malformed"], send: ({ person }) => ({ params: { id: person.id } }) },
};
