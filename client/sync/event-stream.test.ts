import { describe, expect, test } from "vitest";
import { listenForHints } from "./hints.ts";
import { parseEventStream, type StreamEvent } from "./event-stream.ts";

const streamOf = (...chunks: string[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

async function read(...chunks: string[]): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for await (const event of parseEventStream(streamOf(...chunks))) events.push(event);
  return events;
}

describe("server-sent events", () => {
  test("come whole however they were cut, comments aside", async () => {
    const text = ': open\n\nevent: hint\ndata: {"collections":["items"]}\n\n: \n\nevent: end\ndata: x\n\n';
    const expected = [{ name: "hint", data: '{"collections":["items"]}' }, { name: "end", data: "x" }];
    expect(await read(text)).toEqual(expected);
    expect(await read(...text)).toEqual(expected);
  });

  test("an event that was not ended is none", async () => {
    expect(await read("event: hint\ndata: {")).toEqual([]);
  });
});

describe("hints", () => {
  const run = async (streams: string[], woken: ReadonlySet<number> = new Set()) => {
    const ending = new AbortController();
    const hints: (readonly string[])[] = [];
    const waits: number[] = [];
    let time = 0;
    await listenForHints(
      {
        openStream: () => {
          const next = streams.shift();
          if (next === undefined) {
            ending.abort();
            return Promise.reject(new Error("offline"));
          }
          return Promise.resolve(streamOf(next));
        },
        accessToken: () => Promise.resolve("token"),
        random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
        wait: (ms) => {
          const cutShort = woken.has(waits.push(ms));
          return new Promise((resolve) => setTimeout(() => resolve(cutShort)));
        },
        // The time of gathering passes when the stream has been read.
        gather: () => new Promise((resolve) => setTimeout(resolve)),
        onHint: (collections) => hints.push(collections),
        monotonic: () => (time += 1),
      },
      ending.signal,
    );
    await new Promise((resolve) => setTimeout(resolve));
    return { hints, waits };
  };
  const hint = (...collections: string[]) => `event: hint\ndata: ${JSON.stringify({ collections })}\n\n`;

  test("that come together are one, with all their collections", async () => {
    expect((await run([hint("items") + hint("modules") + hint("items")])).hints).toEqual([["items", "modules"]]);
  });

  test("after a reconnect anything may have happened", async () => {
    expect((await run([hint("items"), ": open\n\n"])).hints).toEqual([["items"], []]);
  });

  test("that are no hints are passed over", async () => {
    expect((await run(["event: hint\ndata: nonsense\n\nevent: hint\ndata: {\"other\":1}\n\n"])).hints).toEqual([]);
  });

  test("are waited for with growing pauses while there is no network", async () => {
    const { waits } = await run([": a\n\n", ": b\n\n"]);
    expect(waits).toEqual([250, 500]);
  });

  test("are waited for as at first when the network says that it is back", async () => {
    const { waits } = await run([": a\n\n", ": b\n\n", ": c\n\n"], new Set([2]));
    expect(waits).toEqual([250, 500, 250]);
  });
});
