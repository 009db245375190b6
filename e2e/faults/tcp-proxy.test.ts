import { once } from "node:events";
import { Agent, createServer, request, type Server } from "node:http";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { TcpProxy } from "./tcp-proxy.ts";
import type { LinkShape } from "./wire.ts";

// The tool that D-04 to D-09 rest on, against real sockets: a fault that does not happen would make every test of them pass.

/** Answers every request with its own body, after noting it. */
let server: Server;
let heard: string[];
const opened: TcpProxy[] = [];
const agents: Agent[] = [];

beforeEach(async () => {
  heard = [];
  server = createServer((asked, answer) => {
    const parts: Buffer[] = [];
    asked.on("data", (part: Buffer) => parts.push(part));
    asked.on("end", () => {
      heard.push(Buffer.concat(parts).toString());
      answer.end(Buffer.concat(parts));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  for (const proxy of opened.splice(0)) await proxy.close();
  server.closeAllConnections();
  server.close();
});

const serverPort = (): number => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};
const open = async (shape?: LinkShape) => {
  const proxy = new TcpProxy({ host: "127.0.0.1", port: serverPort() }, shape);
  opened.push(proxy);
  return { proxy, port: await proxy.open() };
};
/** All requests of one agent use one connection, for as long as it lives. */
const newAgent = () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  return agent;
};
const ask = async (port: number, body: string, agent = newAgent()): Promise<string> => {
  const asked = request({ port, method: "POST", path: "/echo", agent, headers: { "content-length": Buffer.byteLength(body) } });
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [AsyncIterable<Buffer>];
  let text = "";
  for await (const part of answer) text += part.toString();
  return text;
};
const silentFor = async (answer: Promise<unknown>, ms: number): Promise<boolean> => (await Promise.race([answer, pause(ms, "silent")])) === "silent";

describe("a link", () => {
  test("carries large requests of one kept connection whole, also with jitter", async () => {
    const { proxy, port } = await open({ delayMs: 1, jitterMs: 3 });
    const agent = newAgent();
    const text = Array.from({ length: 40_000 }, (_, index) => index.toString(36)).join(" ");
    for (const body of ["first", text, "last"]) expect(await ask(port, body, agent)).toBe(body);
    expect(proxy.bytes.up).toBeGreaterThan(text.length);
  });

  test("has its delay both ways, and its rate", async () => {
    const { port } = await open({ delayMs: 40, bitsPerSecond: 800_000 });
    const begin = performance.now();
    await ask(port, "x".repeat(10_000));
    // 10 kB there and back at 100 kB/s, and a round trip.
    expect(performance.now() - begin).toBeGreaterThan(270);
  });

  test("cut, it resets who talks and who comes; mended, it serves", async () => {
    const { proxy, port } = await open();
    const agent = newAgent();
    await ask(port, "one", agent);
    proxy.cut();
    await expect(ask(port, "two", agent)).rejects.toThrow(/ECONNRESET|hang up/);
    await expect(ask(port, "three")).rejects.toThrow(/ECONNRESET|hang up/);
    proxy.mend();
    expect(await ask(port, "four", agent)).toBe("four");
    expect(heard).toEqual(["one", "four"]);
  });

  test("half-open, it takes what comes and says nothing; mended, those connections are reset", async () => {
    const { proxy, port } = await open();
    const agent = newAgent();
    await ask(port, "one", agent);
    proxy.halfOpen();
    const [old, fresh] = [ask(port, "two", agent), ask(port, "three")];
    const [oldEnd, freshEnd] = [expect(old).rejects.toThrow(/ECONNRESET|hang up/), expect(fresh).rejects.toThrow(/ECONNRESET|hang up/)];
    expect(await silentFor(Promise.race([old, fresh]), 100)).toBe(true);
    proxy.mend();
    await Promise.all([oldEnd, freshEnd]);
    expect(heard).toEqual(["one"]);
  });

  test.each([["up", []], ["down", ["two"]], ["both", []]] as const)("a partition %s holds that direction; mended, what waited arrives", async (direction, arrived) => {
    const { proxy, port } = await open();
    const agent = newAgent();
    await ask(port, "one", agent);
    proxy.partition(direction);
    const answer = ask(port, "two", agent);
    expect(await silentFor(answer, 100)).toBe(true);
    expect(heard.slice(1)).toEqual(arrived);
    proxy.mend();
    expect(await answer).toBe("two");
  });

  test("the end of one half leaves the other open", async () => {
    const { port } = await open({ delayMs: 5 });
    const socket = connect(port, "127.0.0.1");
    socket.end("POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nhi");
    let text = "";
    for await (const part of socket) text += String(part);
    expect(text).toMatch(/200 OK[^]*hi$/);
  });
});

describe("a fault at one request", () => {
  test("its line is seen, of each request of a connection", async () => {
    const { proxy, port } = await open();
    const heads: string[] = [];
    proxy.faultOf = (head) => void heads.push(head.split("\r\n")[0] ?? "");
    const agent = newAgent();
    for (const body of ["one", "y".repeat(200_000), "three"]) await ask(port, body, agent);
    expect(heads).toEqual(Array.from({ length: 3 }, () => "POST /echo HTTP/1.1"));
  });

  test("lost: the server hears nothing of it", async () => {
    const { proxy, port } = await open();
    proxy.faultOf = () => ({ cutRequestAfter: 0 });
    await expect(ask(port, "one")).rejects.toThrow(/ECONNRESET|hang up/);
    proxy.faultOf = () => undefined;
    await ask(port, "two");
    expect(heard).toEqual(["two"]);
  });

  test("cut within: the server has its head and not all of its body", async () => {
    const { proxy, port } = await open({ delayMs: 5 });
    let ended: string | undefined;
    server.on("request", (asked) => asked.on("error", (error: Error) => (ended = error.message)));
    proxy.faultOf = () => ({ cutRequestAfter: 5_000 });
    await expect(ask(port, "z".repeat(20_000))).rejects.toThrow(/ECONNRESET|hang up|EPIPE/);
    await expect.poll(() => ended).toBe("aborted");
    expect(heard).toEqual([]);
  });

  test("answer lost: the server has answered, the device hears nothing; the next request of the device is sound", async () => {
    const { proxy, port } = await open();
    const agent = newAgent();
    await ask(port, "one", agent);
    proxy.faultOf = () => ({ cutAnswerAfter: 0 });
    await expect(ask(port, "two", agent)).rejects.toThrow(/ECONNRESET|hang up/);
    expect(heard).toEqual(["one", "two"]);
    proxy.faultOf = () => undefined;
    expect(await ask(port, "three", agent)).toBe("three");
  });

  test.each(["at-once", "after-answer"] as const)("duplicated %s: the server hears it twice, the device one answer", async (duplicate) => {
    const { proxy, port } = await open();
    const agent = newAgent();
    const long = "w".repeat(100_000);
    proxy.faultOf = () => ({ duplicate });
    expect(await ask(port, long, agent)).toBe(long);
    await proxy.settled();
    expect(heard).toEqual([long, long]);
    proxy.faultOf = () => undefined;
    await ask(port, "after", agent);
    expect(heard).toHaveLength(3);
  });
});
