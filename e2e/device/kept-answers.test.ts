import "fake-indexeddb/auto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import { makeKeptAnswers } from "@mochila/client/sync/kept-answers.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { afterAll, beforeAll, expect, test } from "vitest";

let reply = { status: 200, body: "" };
const server = createServer((_, response) => response.writeHead(reply.status).end(reply.body));
const local = new LocalDatabase(newId());
const answers = makeKeptAnswers({ local, clock, accessToken: () => Promise.resolve("token") });
let path = "";

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  path = `http://127.0.0.1:${(server.address() as AddressInfo).port}/report`;
});
afterAll(() => {
  local.close();
  server.close();
});

test.each([
  ["403 of a captive portal", { status: 403, body: "<html>sign in to the wifi" }],
  ["200 of a captive portal", { status: 200, body: "<html>sign in to the wifi" }],
  ["502 of a gateway", { status: 502, body: "" }],
])("a %s is no word of the server: what was kept stays, and the person is told that the server is away", async (_, away) => {
  reply = { status: 200, body: `{"rows":3}` };
  await answers.ask(path);
  reply = away;
  await expect(answers.ask(path)).rejects.toMatchObject({ code: "unavailable" });
  expect(await answers.kept(path)).toMatchObject({ value: { rows: 3 } });
});

test("the server's own refusal takes back what was kept", async () => {
  reply = { status: 200, body: `{"rows":3}` };
  await answers.ask(path);
  reply = { status: 403, body: JSON.stringify({ error: { code: "forbidden", message: "no" } }) };
  await expect(answers.ask(path)).rejects.toMatchObject({ code: "forbidden" });
  expect(await answers.kept(path)).toBeNull();
});
