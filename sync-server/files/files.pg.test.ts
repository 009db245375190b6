import { createHash } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { FILE_BYTES_MAX, FILE_CHUNK_BYTES_MAX, UPLOADS_OPEN_MAX } from "@mochila/shared/limits.ts";
import { createTestSchool, type TestSchool } from "../courses/test-school.ts";
import { unenrol } from "../courses/enrol.ts";
import { collectBlobs, ORPHAN_DAYS } from "./collect-blobs.ts";
import { shareFiles } from "./file-reference.ts";

let school: TestSchool;
let ana: string;
let luis: string;
let sofia: string;
let mei: string;
let other: string;
let admin: string;
let course: string;

const png = (bytes: number): Buffer => {
  const file = Buffer.alloc(bytes, 7);
  Buffer.from("89504e470d0a1a0a0000000d494844520000000300000007", "hex").copy(file);
  return file;
};
const sha = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

interface Announced {
  id?: string;
  courseId?: string;
  name?: string;
  type?: string;
  sha256?: string;
}
const TUS = { "tus-resumable": "1.0.0" };

function begin(userId: string | null, bytes: Buffer, announced: Announced = {}, length = bytes.length): Promise<Response> {
  const metadata = { id: newId(), courseId: course, name: "a.png", type: "image/png", sha256: sha(bytes), ...announced };
  const header = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`).join(",");
  return school.request(userId, "POST", "/api/files", { headers: { ...TUS, "upload-length": String(length), "upload-metadata": header } });
}
const send = (userId: string | null, id: string, offset: number, bytes: Buffer): Promise<Response> =>
  school.request(userId, "PATCH", `/api/files/${id}`, { headers: { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" }, body: new Uint8Array(bytes) });
const head = (userId: string, id: string): Promise<Response> => school.request(userId, "HEAD", `/api/files/${id}`, { headers: TUS });
const read = (userId: string | null, id: string): Promise<Response> => school.request(userId, "GET", `/api/files/${id}`);
const codeOf = async (response: Response): Promise<string> => ((await response.json()) as { error: { code: string } }).error.code;

async function upload(bytes: Buffer, announced: Announced = {}): Promise<string> {
  const id = announced.id ?? newId();
  expect((await begin(ana, bytes, { ...announced, id })).status).toBe(201);
  expect((await send(ana, id, 0, bytes)).status).toBe(204);
  return id;
}
const share = (id: string) => school.database.transaction((transaction) => shareFiles(transaction, { courseId: course, files: [id] }));

beforeAll(async () => {
  school = await createTestSchool();
  ana = await school.person("ana@x", "instructor");
  luis = await school.person("luis@x", "instructor");
  sofia = await school.person("sofia@x");
  mei = await school.person("mei@x");
  other = await school.person("other@x", "instructor");
  admin = await school.person("admin@x", "administrator");
  course = await school.course("published", { [ana]: "instructor", [luis]: "assistant", [sofia]: "student" });
  await school.course("published", { [other]: "instructor", [mei]: "student" });
});
afterAll(() => school.close());

describe("who gets what", () => {
  test("staff from the start; members once a published page shows it; all others see nothing, as if there were nothing", async () => {
    const id = await upload(png(200));
    const statuses = async () => Promise.all([ana, luis, sofia, mei, other, admin].map(async (who) => (await read(who, id)).status));
    expect(await statuses()).toEqual([200, 200, 404, 404, 404, 404]);
    await share(id);
    expect(await statuses()).toEqual([200, 200, 200, 404, 404, 404]);
    expect((await read(null, id)).status).toBe(401);
    const [refused, absent, wrong] = await Promise.all([read(mei, id), read(mei, newId()), read(mei, "..%2f..%2fetc%2fpasswd")].map(async (answer) => (await answer).text()));
    expect(refused).toBe(absent);
    expect(wrong).toBe(absent);
  });

  test("a hash opens nothing, and another course cannot share it", async () => {
    const bytes = png(201);
    const id = await upload(bytes);
    expect((await read(ana, sha(bytes))).status).toBe(404);
    const theirs = await school.database.transaction((transaction) => shareFiles(transaction, { courseId: newId(), files: [id] }));
    expect(theirs).toEqual([]);
    expect((await read(sofia, id)).status).toBe(404);
  });

  test.each([["draft", 404], ["trashed", 404], ["archived", 200], ["published", 200]] as const)("a member of a course that is %s: %i", async (state, status) => {
    const own = await school.course("published", { [ana]: "instructor", [sofia]: "student" });
    const id = await upload(png(210), { courseId: own });
    await school.setState(own, state);
    await school.database.transaction((transaction) => shareFiles(transaction, { courseId: own, files: [id] }));
    expect((await read(sofia, id)).status).toBe(status);
    expect((await read(ana, id)).status).toBe(200);
  });

  test("who left the course gets nothing any more", async () => {
    const own = await school.course("published", { [ana]: "instructor", [sofia]: "student" });
    const id = await upload(png(220), { courseId: own });
    await school.database.transaction((transaction) => shareFiles(transaction, { courseId: own, files: [id] }));
    expect((await read(sofia, id)).status).toBe(200);
    await school.database.transaction((transaction) => unenrol(transaction, { courseId: own, userId: sofia }));
    expect((await read(sofia, id)).status).toBe(404);
  });

  test("an answer can be shown but never run, and is kept by this person only", async () => {
    const bytes = png(230);
    const id = await upload(bytes, { name: 'a"\r\nb/../ñ;.png' });
    const answer = await read(ana, id);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({ "content-type": "image/png", "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin", "cache-control": "private, max-age=31536000, immutable", etag: `"${id}"` });
    expect(headers["content-security-policy"]).toMatch(/^sandbox; default-src 'none'/u);
    expect(headers["content-disposition"]).toBe("attachment; filename=\"n_.png\"; filename*=UTF-8''%C3%B1%3B.png");
    expect((await school.request(ana, "GET", `/api/files/${id}`, { headers: { "if-none-match": `"${id}"` } })).status).toBe(304);
    expect((await school.request(mei, "GET", `/api/files/${id}`, { headers: { "if-none-match": `"${id}"` } })).status).toBe(404);
  });

  test.each(["document", "iframe", "frame", "object", "embed", "image", "script"])("S-05 a browser that would use it as %s gets nothing, whoever asks", async (destination) => {
    const id = await upload(Buffer.from("<svg xmlns='http://www.w3.org/2000/svg' width='3' height='7'/>"), { name: "a.svg", type: "image/svg+xml" });
    const answer = await school.request(ana, "GET", `/api/files/${id}`, { headers: { "sec-fetch-dest": destination, "sec-fetch-mode": "navigate" } });
    expect([answer.status, await codeOf(answer)]).toEqual([403, "wrong_origin"]);
    expect((await school.request(ana, "GET", `/api/files/${id}`, { headers: { "sec-fetch-dest": "empty" } })).status).toBe(200);
  });

  test("bytes that changed on the disk are not shown", async () => {
    const bytes = png(240);
    const id = await upload(bytes);
    const name = sha(bytes);
    await writeFile(join(school.folder, "sha256", name.slice(0, 2), name.slice(2, 4), name), "something else");
    expect((await read(ana, id)).status).toBe(503);
  });
});

describe("uploads", () => {
  test("in parts, resumed where the server stands, byte-identical, once", async () => {
    const bytes = png(FILE_CHUNK_BYTES_MAX + 5_000);
    const id = newId();
    expect((await begin(ana, bytes, { id })).headers.get("location")).toBe(`/api/files/${id}`);
    expect((await send(ana, id, 0, bytes.subarray(0, 1_000))).headers.get("upload-offset")).toBe("1000");
    const again = await send(ana, id, 0, bytes.subarray(0, 1_000));
    expect([again.status, await codeOf(again)]).toEqual([409, "upload_offset"]);
    expect((await begin(ana, bytes, { id })).headers.get("upload-offset")).toBe("1000");
    expect((await head(ana, id)).headers.get("upload-offset")).toBe("1000");
    expect((await read(ana, id)).status).toBe(404);
    expect((await send(ana, id, 1_000, bytes.subarray(1_000, 400_000))).status).toBe(204);
    expect((await send(ana, id, 400_000, bytes.subarray(400_000))).headers.get("upload-offset")).toBe(String(bytes.length));
    // The answer of the last part was lost: the device asks and finds it complete.
    const lost = await head(ana, id);
    expect([lost.status, lost.headers.get("upload-offset"), lost.headers.get("upload-length")]).toEqual([200, String(bytes.length), String(bytes.length)]);
    expect((await begin(ana, bytes, { id })).headers.get("upload-offset")).toBe(String(bytes.length));
    expect(Buffer.from(await (await read(ana, id)).arrayBuffer()).equals(bytes)).toBe(true);
    expect(await school.database.sql`select 1 from upload_part where upload_id = ${id}`).toHaveLength(0);
  });

  test("two devices that send the same part at once: one moves the upload", async () => {
    const bytes = png(9_000);
    const id = newId();
    await begin(ana, bytes, { id });
    const statuses = await Promise.all([1, 2, 3].map(async () => (await send(ana, id, 0, bytes.subarray(0, 4_000))).status));
    expect(statuses.toSorted()).toEqual([204, 409, 409]);
    expect((await send(ana, id, 4_000, bytes.subarray(4_000))).status).toBe(204);
  });

  test("only who teaches the course may add, and nobody goes on with another's upload or takes its id", async () => {
    for (const who of [luis, sofia, mei, other, admin]) expect((await begin(who, png(100))).status).toBe(403);
    expect((await begin(null, png(100))).status).toBe(401);
    const id = newId();
    await begin(ana, png(100), { id });
    const own = await school.course("draft", { [other]: "instructor" });
    expect((await begin(other, png(100), { id, courseId: own })).status).toBe(403);
    for (const who of [luis, sofia, other]) {
      expect((await head(who, id)).status).toBe(404);
      expect((await send(who, id, 0, png(100))).status).toBe(404);
    }
    expect((await send(ana, id, 0, png(100))).status).toBe(204);
    expect((await begin(other, png(100), { id, courseId: own })).status).toBe(403);
    expect((await head(other, id)).status).toBe(404);
  });

  test.each<[string, Buffer, Announced, string]>([
    ["another file than announced", png(300), { sha256: "0".repeat(64) }, "invalid_input"],
    ["HTML under a picture's name", Buffer.from("<html><script>alert(1)</script></html>"), { name: "a.png" }, "wrong_type"],
    ["a program", Buffer.from("#!/bin/sh\nrm -rf /\n"), { type: "image/jpeg" }, "wrong_type"],
    ["an SVG with entities", Buffer.from('<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'), { type: "image/svg+xml" }, "invalid_input"],
  ])("%s is refused and forgotten", async (_name, bytes, announced, code) => {
    const id = newId();
    expect((await begin(ana, bytes, { ...announced, id })).status).toBe(201);
    expect(await codeOf(await send(ana, id, 0, bytes))).toBe(code);
    expect((await head(ana, id)).status).toBe(404);
    expect((await read(ana, id)).status).toBe(404);
  });

  test("the type is that of the bytes; an SVG is cleaned, and its upload still counts as complete", async () => {
    const bytes = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script><path d="M0 0"/></svg>');
    const id = await upload(bytes, { type: "image/png", name: "../../x.svg" });
    const answer = await read(ana, id);
    expect(answer.headers.get("content-type")).toBe("image/svg+xml");
    expect(await answer.text()).not.toMatch(/script|onload/u);
    expect((await head(ana, id)).headers.get("upload-offset")).toBe(String(bytes.length));
  });

  test("what is malformed or too much is refused at once", async () => {
    const post = async (headers: Record<string, string>) => codeOf(await school.request(ana, "POST", "/api/files", { headers }));
    expect(await post({ "upload-length": "5" })).toBe("invalid_input");
    expect(await post({ ...TUS, "upload-length": "x" })).toBe("invalid_input");
    expect(await post({ ...TUS, "upload-length": "5", "upload-metadata": "id !!,name" })).toBe("invalid_input");
    expect(await codeOf(await begin(ana, png(100), {}, FILE_BYTES_MAX + 1))).toBe("too_large");
    expect(await codeOf(await begin(ana, png(100), {}, 0))).toBe("invalid_input");
    expect(await codeOf(await begin(ana, png(100), { name: "a".repeat(201) }))).toBe("invalid_input");
    const id = newId();
    await begin(ana, png(100), { id });
    expect(await codeOf(await send(ana, id, 0, png(101)))).toBe("too_large");
    expect(await codeOf(await send(ana, id, 0, png(FILE_CHUNK_BYTES_MAX + 1)))).toBe("too_large");
    expect(await codeOf(await send(ana, id, 50, png(10)))).toBe("upload_offset");
    expect((await head(ana, id)).headers.get("upload-offset")).toBe("0");
  });

  test("uploads that wait are bounded, and expire", async () => {
    const teacher = await school.person("full@x", "instructor");
    const own = await school.course("draft", { [teacher]: "instructor" });
    for (let count = 0; count < UPLOADS_OPEN_MAX; count += 1) expect((await begin(teacher, png(100), { courseId: own })).status).toBe(201);
    expect((await begin(teacher, png(100), { courseId: own })).status).toBe(429);
    school.clock.pass(8 * 24 * 60 * 60 * 1_000);
    expect((await begin(teacher, png(100), { courseId: own })).status).toBe(201);
  });
});

test("blobs that nothing refers to are collected after their time, others never", async () => {
  const id = await upload(png(999));
  const orphan = await school.blobs.put(png(998));
  const deps = { database: school.database, blobs: school.blobs, clock: school.clock };
  await collectBlobs({ ...deps, clock: { now: () => Date.now(), monotonic: () => 0 } });
  expect(await school.blobs.get(orphan)).not.toBeNull();
  const later = { now: () => Date.now() + (ORPHAN_DAYS + 1) * 24 * 60 * 60 * 1_000, monotonic: () => 0 };
  expect(await collectBlobs({ ...deps, clock: later })).toBe(1);
  expect(await school.blobs.get(orphan)).toBeNull();
  expect((await read(ana, id)).status).toBe(200);
  expect(await readdir(join(school.folder, "incoming"))).toEqual([]);
});
