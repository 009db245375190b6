import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readStaticFiles, servePage } from "./static-files.ts";

let folder: string;
let app: Hono;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mochila-static-"));
  await mkdir(join(folder, "dist", "assets"), { recursive: true });
  const put = (name: string, content: string | Uint8Array) => writeFile(join(folder, "dist", name), content);
  await put("index.html", "<!doctype html><title>app</title>");
  await put("service-worker.js", "// worker");
  await put("manifest.webmanifest", "{}");
  await put("assets/main-B1x_9aZ0.js", "let a = 1;".repeat(50));
  await put("assets/main-B1x_9aZ0.js.br", brotliCompressSync("let a = 1;".repeat(50)));
  await put(".built-from", "a hash");
  await writeFile(join(folder, "secret.txt"), "outside");
  const files = await readStaticFiles(join(folder, "dist"), false);
  app = new Hono().all("*", (context) => servePage(files, context));
});
afterAll(() => rm(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}, method = "GET") => app.request(`http://localhost${path}`, { method, headers });

describe("files of the app", () => {
  test("a file with a hash in its name is kept for ever, packed", async () => {
    const answer = await get("/assets/main-B1x_9aZ0.js", { "accept-encoding": "gzip, br" });
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect([answer.headers.get("content-encoding"), answer.headers.get("content-type")]).toEqual(["br", "text/javascript; charset=utf-8"]);
    expect((await get("/assets/main-B1x_9aZ0.js")).headers.get("content-encoding")).toBeNull();
  });

  test.each(["/", "/index.html", "/service-worker.js", "/manifest.webmanifest"])("%s is asked for again each time, and comes only when it changed", async (path) => {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-cache"]);
    const again = await get(path, { "if-none-match": answer.headers.get("etag") ?? "" });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  test("an address of the app is the app, for a person who goes there", async () => {
    expect(await (await get("/courses/1/items/2", { accept: "text/html" })).text()).toContain("<title>app");
    expect((await get("/courses/1", { "sec-fetch-mode": "navigate" })).status).toBe(200);
    expect((await get("/courses/1", { accept: "application/json" })).status).toBe(404);
  });

  test("a script that is missing is not answered with a page", async () => expect((await get("/assets/old-AAAAAAAA.js", { accept: "text/html" })).status).toBe(404));

  test.each(["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//secret.txt", "/assets/..%5c..%5csecret.txt", "/.built-from", "/assets/main-B1x_9aZ0.js.br"])("%s reaches nothing", async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain("outside");
  });

  test("carry the policy: nothing inline, nothing from elsewhere, no frame (S-04)", async () => {
    const policy = (await get("/")).headers.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) expect(policy).toContain(part);
    // Sockets go to this server alone.
    expect(/connect-src ([^;]+);/.exec(policy)?.[1]).toMatch(/^.self. ws:\/\/[\w.]+(?::\d+)?$/);
    expect(policy).not.toMatch(/unsafe|\*/);
  });

  test("HEAD has no body and the length, POST is not taken", async () => {
    const head = await get("/", {}, "HEAD");
    expect([head.status, await head.text(), head.headers.get("content-length")]).toEqual([200, "", "33"]);
    expect((await get("/", {}, "POST")).status).toBe(405);
  });

  test("without a build the server says so", async () => {
    const files = await readStaticFiles(join(folder, "absent"), false);
    expect((await new Hono().all("*", (context) => servePage(files, context)).request("/")).status).toBe(503);
  });
});
