import * as z from "zod/mini";
import { SystemRole } from "../access/actor.ts";
import { orOther } from "../kernel/answer.ts";
import { Instant, Language, text, Uuid } from "../kernel/schema.ts";
import { PASSWORD_CHARACTERS_MAX } from "../limits.ts";
import { Email, PersonName } from "../users/typed.ts";

const PersonState = z.enum(["active", "suspended"]);

/** A person as administrators see them in a list. */
export const PersonLine = z.object({
  id: Uuid,
  name: z.string(),
  email: z.string(),
  systemRole: orOther(SystemRole),
  state: orOther(PersonState),
  /** Whether they have proved their e-mail, or staff vouch for it. */
  confirmed: z.boolean(),
  /** Whether they have a password; who was invited chooses it by the letter. */
  canSignIn: z.boolean(),
  /** How many second factors they have. */
  secondFactors: z.int(),
  courses: z.int(),
  /** The last exchange of any of their devices; null: never. */
  seenAt: z.nullable(Instant),
  /** When their account will be closed, because they asked for it; null: they did not. */
  closingAt: z.nullable(Instant),
  picture: z.nullable(Uuid),
});
export type PersonLine = z.infer<typeof PersonLine>;

export const PEOPLE_PAGE_MAX = 50;

/** GET /api/admin/people. `search`: part of a name or an e-mail. `after`: the last line of the page before. */
export const PeopleQuery = z.strictObject({
  search: z.optional(text(100)),
  role: z.optional(SystemRole),
  state: z.optional(PersonState),
  after: z.optional(Uuid),
});
export type PeopleQuery = z.infer<typeof PeopleQuery>;
/** GET /api/admin/people.csv */
export const PeopleFilter = z.omit(PeopleQuery, { after: true });

const PeopleCounts = z.object({ all: z.int(), administrator: z.int(), instructor: z.int(), student: z.int() });
/** `counts`: of those that the search and the state let through, by role. `more`: there is another page. */
export const PeoplePage = z.object({ people: z.array(PersonLine), more: z.boolean(), counts: PeopleCounts });
export type PeoplePage = z.infer<typeof PeoplePage>;

/** POST /api/admin/people: a letter invites them to choose a password. */
export const NewAccount = z.strictObject({ email: Email, name: PersonName, systemRole: SystemRole, language: Language });
export type NewAccount = z.infer<typeof NewAccount>;

/** PATCH /api/admin/people/:id. `email`: only of an account that nobody has opened yet. */
export const PersonChange = z.strictObject({
  name: z.optional(PersonName),
  email: z.optional(Email),
  systemRole: z.optional(SystemRole),
  state: z.optional(PersonState),
});
export type PersonChange = z.infer<typeof PersonChange>;

/** POST /api/admin/people/:id/reset. `password`: the administrator's own, where the answer holds the link: who has it chooses the password of an account that is in use. */
export const PasswordReset = z.strictObject({ password: z.optional(z.string().check(z.minLength(1), z.maxLength(PASSWORD_CHARACTERS_MAX))) });

/** Answer where a letter with a link was queued; `link` where no mail server sends it: to be handed on by the administrator. `expiresAt`: until when it opens. */
export const LinkSent = z.object({ sentTo: z.string(), link: z.nullable(z.string()), expiresAt: Instant });
export type LinkSent = z.infer<typeof LinkSent>;

/** Answer of PATCH /api/admin/people/:id. `sent`: the invitation that goes to another e-mail; null: nothing was sent. */
export const ChangedPerson = z.extend(PersonLine, { sent: z.nullable(LinkSent) });
export type ChangedPerson = z.infer<typeof ChangedPerson>;
