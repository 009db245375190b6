import * as z from "zod/mini";
import { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import type { AddedMember } from "@mochila/shared/courses/added-member.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { Email, PersonName } from "@mochila/shared/users/typed.ts";
import type { Transaction } from "../db/database.ts";
import { createPerson, findByEmail } from "../users/people.ts";
import { invitePeople } from "../users/invite-people.ts";
import { readInvitations } from "../users/school-settings.ts";
import { change, type CourseDeps, type OnCourse } from "./course-deps.ts";
import { changeRole } from "./enrol.ts";
import { lockEntry } from "./entry.ts";
import { nobodyNamed, personNamed } from "./named.ts";
import { note, place } from "./place.ts";
import { fillSeats } from "./waiting.ts";

/** POST /api/courses/:id/members. Somebody who is in the course already gets the new role. */
export const NewMember = z.strictObject({ email: Email, role: CourseRole });

/** Who teaches learns whether an e-mail has an account: it is they who answer for whom they put into their course (decision 0404). */
export function addMember(deps: CourseDeps, { courseId, by }: OnCourse, { email, role }: z.infer<typeof NewMember>): Promise<AddedMember> {
  return change<AddedMember>(deps, async (transaction) => {
    await lockEntry(transaction, courseId);
    const known = await findByEmail(transaction, email);
    // A sign-up that nobody has confirmed is no account: it may be a stranger's, who waits for the place.
    if (!known || known.email_verified_at === null) return invite(transaction, deps, { courseId, by, email, role });
    const { id: userId, name } = await personNamed(transaction, email);
    const scopes = await place(transaction, deps, { courseId, userId, by, name, role });
    if (!scopes) return { scopes: [], result: { userId, name, outcome: "already" } };
    return { scopes: [...scopes, ...(await fillSeats(transaction, deps, courseId))], result: { userId, name, outcome: "added" } };
  });
}

/** What stands before the @, until they say how they are called; never nothing. */
const nameFrom = (email: string): string => {
  const known = PersonName.safeParse(email.slice(0, email.indexOf("@")));
  return known.success ? known.data : "?";
};

/** An account that its letter opens, and the place in the course at once. Throws `invalid_input` where who teaches may not invite. */
async function invite(transaction: Transaction, deps: CourseDeps, { courseId, by, email, role }: OnCourse & z.infer<typeof NewMember>): Promise<{ scopes: Scope[]; result: AddedMember }> {
  const [inviter] = await transaction<{ name: string; language: Language; role: string }[]>`select name, language, system_role as role from person where id = ${by.userId}`;
  if (!inviter || (inviter.role !== "administrator" && (await readInvitations(transaction)) !== "instructors")) throw nobodyNamed(email);
  const { id: userId, name } = await createPerson(transaction, { id: newId(deps), email, name: nameFrom(email), systemRole: "student", language: inviter.language, passwordHash: null });
  await invitePeople(transaction, deps, [{ id: userId, email, name, language: inviter.language }], inviter.name);
  const scopes = await changeRole(transaction, { courseId, userId, name, role });
  await note(transaction, deps, "member.invite", { courseId, userId, by, role });
  return { scopes, result: { userId, name, outcome: "invited" } };
}
