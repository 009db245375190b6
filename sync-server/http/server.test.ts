import { connect } from "node:net";
import { Hono } from "hono";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listen, type WebServer } from "./server.ts";

let web: WebServer;
beforeEach(async () => {
  web = await listen({ host: "127.0.0.1", port: 0 });
});
afterEach(() => web.stop(100));

/** What the server says to these bytes. */
const say = (head: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    const socket = connect(web.port, "127.0.0.1", () => socket.write(`${head}\r\nConnection: close\r\n\r\n`));
    socket.on("data", (bytes) => (said += bytes.toString("latin1"))).on("end", () => resolve(said)).on("error", reject);
  });
const headers = ["content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox", "x-content-type-options: nosniff", "cross-origin-opener-policy: same-origin", "cache-control: no-store"];

test("before the application is there everybody is told to come again, with every header", async () => {
  const said = await say("GET / HTTP/1.1\r\nHost: localhost");
  expect(said).toMatch(/^HTTP\/1\.1 503 /);
  for (const header of [...headers, "retry-after: 1"]) expect(said.toLowerCase()).toContain(header);
});

test.each(["GET / HTTP/1.1\r\nHost: a b", "GET * HTTP/1.1\r\nHost: localhost", "GET /a\\b HTTP/1.1\r\nHost: LOCALHOST"])("what no application can be asked is the sender's fault, and is told so with every header: %j", async (head) => {
  web.serve(new Hono().all("*", (context) => context.text("the app")));
  const said = await say(head);
  expect(said).toMatch(/^HTTP\/1\.1 400 /);
  expect(said).toContain('{"error":{"code":"invalid_input"');
  for (const header of headers) expect(said.toLowerCase()).toContain(header);
});
