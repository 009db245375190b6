import type { Session } from "@mochila/shared/users/session.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { PictureTaken } from "@mochila/shared/users/picture.ts";
import type * as z from "zod/mini";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestSchool, type TestSchool } from "../courses/test-school.ts";
import { enrol } from "../courses/enrol.ts";
import { collectBlobs, ORPHAN_DAYS } from "../files/collect-blobs.ts";
import { fileRoutes } from "../files/routes.ts";
import { Passwords } from "./password.ts";
import { pictureRoutes } from "./picture.ts";
import { codeOf, openTestUsers, testSend } from "./test-users.ts";

const password = "correct horse";
const DAY_MS = 86_400_000;

let school: TestSchool;
let passwordHash: string;
let app: ReturnType<typeof openTestUsers>["app"];
beforeAll(async () => {
  school = await createTestSchool();
  const { database, blobs, clock } = school;
  passwordHash = await new Passwords().hash(password);
  ({ app } = openTestUsers({ database, clock, more: () => [...pictureRoutes({ database, blobs, clock, random: systemRandom, hints: { publish: (scopes) => void school.hints.push(...scopes) } }), ...fileRoutes({ database, blobs, clock })] }));
});
afterAll(() => school.close());

/** A PNG of this size by its head; nobody draws it here. */
function png(side: number, { height = side, body = "" } = {}): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d494844520000000000000000", "hex"), Buffer.alloc(40, 3), Buffer.from(`${newId()}${body}`, "latin1")]);
  bytes.writeUInt32BE(side, 16);
  bytes.writeUInt32BE(height, 20);
  return new Uint8Array(bytes);
}

async function signedIn(role: "administrator" | "instructor" | "student" = "student") {
  const email = `${newId()}@x`;
  const id = await school.person(email, role);
  await school.database.sql`update person set password_hash = ${passwordHash} where id = ${id}`;
  const answer = await testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) });
  return { id, token: ((await answer.json()) as Session).accessToken };
}
const as = (token: string) => ({ authorization: `Bearer ${token}` });
const put = (token: string, bytes: Uint8Array<ArrayBuffer>) => testSend(app, "/api/me/picture", { method: "POST", headers: { ...as(token), "content-type": "image/png" }, body: bytes });
const take = async (token: string, bytes = png(192)): Promise<string> => ((await (await put(token, bytes)).json()) as z.infer<typeof PictureTaken>).picture;
const show = async (token: string, picture: string) => (await testSend(app, `/api/files/${picture}`, { headers: as(token) })).status;
const shownIn = (courseId: string, userId: string) => school.database.sql<{ picture: string | null }[]>`select body ->> 'picture' as picture from doc_members where course_id = ${courseId} and owner_id = ${userId}`;

describe("PR1 a person's picture", () => {
  test("goes with their name into all their courses, those that come later too, and leaves them again", async () => {
    const [teacher, student] = [await signedIn("instructor"), await signedIn()];
    const courses = [await school.course("published", { [teacher.id]: "instructor", [student.id]: "student" }), await school.course("published", { [teacher.id]: "instructor", [student.id]: "student" })];
    school.hints.length = 0;
    const picture = await take(student.token);
    for (const course of courses) expect(await shownIn(course, student.id)).toEqual([{ picture }]);
    expect(school.hints.toSorted()).toEqual([...courses.map((course) => `c:${course}`), `u:${student.id}`].toSorted());
    const later = await school.course("published", { [teacher.id]: "instructor" });
    await school.database.transaction((transaction) => enrol(transaction, { courseId: later, userId: student.id, name: "n", role: "student" }));
    expect(await shownIn(later, student.id)).toEqual([{ picture }]);
    expect(((await (await testSend(app, "/api/me", { headers: as(student.token) })).json()) as { picture: string }).picture).toBe(picture);
    expect((await testSend(app, "/api/me/picture", { method: "DELETE", headers: as(student.token) })).status).toBe(204);
    for (const course of [...courses, later]) expect(await shownIn(course, student.id)).toEqual([{ picture: null }]);
    expect(await show(student.token, picture)).toBe(404);
  });

  test("is seen by whoever shares a course, by its person and by administrators; for others there is no such file", async () => {
    const [teacher, student, stranger, left, admin] = [await signedIn("instructor"), await signedIn(), await signedIn("instructor"), await signedIn(), await signedIn("administrator")];
    const course = await school.course("published", { [teacher.id]: "instructor", [student.id]: "student", [left.id]: "student" });
    await school.database.sql`update doc_members set body = jsonb_set(body, '{state}', '"left"') where owner_id = ${left.id} and course_id = ${course}`;
    const picture = await take(student.token);
    expect(await Promise.all([teacher, student, admin, stranger, left].map(({ token }) => show(token, picture)))).toEqual([200, 200, 200, 404, 404]);
    expect(await show(teacher.token, newId())).toBe(404);
    expect((await testSend(app, `/api/files/${picture}`, {})).status).toBe(401);
  });

  test("is small, square, and says nothing of where it was taken", async () => {
    const { token } = await signedIn();
    const refusals = [png(192, { height: 200 }), png(1_000), png(192, { body: "Exif\0\0" }), png(192, { body: "x".repeat(64 * 1_024) }), new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'/>"), new TextEncoder().encode("no picture")];
    expect(await Promise.all(refusals.map(async (bytes) => codeOf(await put(token, bytes))))).toEqual(["invalid_input", "invalid_input", "wrong_type", "too_large", "wrong_type", "wrong_type"]);
  });

  test("an administrator takes one away, which the log tells; nobody else does", async () => {
    const [student, peer, admin] = [await signedIn(), await signedIn("instructor"), await signedIn("administrator")];
    const picture = await take(student.token);
    const remove = (token: string) => testSend(app, `/api/admin/people/${student.id}/picture`, { method: "DELETE", headers: as(token) });
    expect([(await remove(peer.token)).status, await show(student.token, picture)]).toEqual([403, 200]);
    expect([(await remove(admin.token)).status, await show(student.token, picture)]).toEqual([204, 404]);
    const entries = await school.database.sql<{ actor: string }[]>`select actor_id as actor from audit_entry where action = 'picture.remove' and object_id = ${student.id}`;
    expect(entries).toEqual([{ actor: admin.id }]);
  });

  test("its bytes stay as long as somebody shows them, and go after", async () => {
    const { token } = await signedIn();
    const bytes = png(100);
    const picture = await take(token, bytes);
    await take((await signedIn()).token, bytes);
    school.clock.pass((ORPHAN_DAYS + 1) * DAY_MS + Date.now() - school.clock.now());
    await collectBlobs(school);
    expect(await school.database.sql`select 1 from person where picture_id = ${picture}`).toHaveLength(1);
    const [row] = await school.database.sql<{ hash: Uint8Array }[]>`select picture_hash as hash from person where picture_id = ${picture}`;
    expect(await school.blobs.get(row?.hash ?? new Uint8Array(32))).not.toBeNull();
    await school.database.sql`update person set picture_id = null, picture_hash = null, picture_type = null`;
    await collectBlobs(school);
    expect(await school.blobs.get(row?.hash ?? new Uint8Array(32))).toBeNull();
  });
});

describe("PR2 a time zone", () => {
  test("is one that exists, stays until it is changed, and can be left to the device again", async () => {
    const { token } = await signedIn();
    const change = (timeZone: unknown) => testSend(app, "/api/me", { method: "PATCH", headers: { ...as(token), "content-type": "application/json" }, body: JSON.stringify({ timeZone }) });
    expect(await (await change("America/Mexico_City")).json()).toMatchObject({ timeZone: "America/Mexico_City" });
    for (const wrong of ["Mars/Olympus", "../etc", ""]) expect(await codeOf(await change(wrong))).toBe("invalid_input");
    const renamed = await testSend(app, "/api/me", { method: "PATCH", headers: { ...as(token), "content-type": "application/json" }, body: JSON.stringify({ name: "N" }) });
    expect(await renamed.json()).toMatchObject({ timeZone: "America/Mexico_City" });
    expect(await (await change(null)).json()).toMatchObject({ timeZone: null });
  });
});
