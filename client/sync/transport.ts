import type { Reply, Send } from "./request.ts";

/** A page of 256 KiB on 16 kbit/s takes two minutes; a connection that is silent for longer is dead, whatever the system says. */
const REQUEST_MS_MAX = 150_000;

/** A person waits for this answer. */
const QUESTION_MS_MAX = 30_000;

const OK = 200;

/** Sends over the network; resolves with the head of the answer. `signal` ends everything that is on its way. */
export const sendOverNetwork =
  (signal: AbortSignal): Send =>
  async (path, init) => {
    const ending = new AbortController();
    const end = () => ending.abort();
    // It runs on while the body comes.
    const timer = setTimeout(end, REQUEST_MS_MAX);
    signal.addEventListener("abort", end);
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    };
    try {
      const answer = await fetch(path, { ...init, signal: ending.signal, credentials: "omit", cache: "no-store" });
      const { status, headers } = answer;
      if (status === OK) return { status, headers, json: () => (answer.json() as Promise<unknown>).finally(done) };
      // The few words of an error, which not everybody asks for: a body that nobody reads holds its connection.
      const text = await answer.text();
      done();
      return { status, headers, json: () => new Promise<unknown>((resolve) => resolve(JSON.parse(text))) };
    } catch (error) {
      done();
      throw error;
    }
  };

/** For the beginning of the stream; a slow line needs seconds. */
const STREAM_OPEN_MS_MAX = 20_000;
/** The server beats every 25 s: two beats missed are a connection that is dead without saying so. */
const STREAM_SILENT_MS_MAX = 60_000;

/** The stream of hints; `refused` where the server does not know this token any more, null if it gives none now. Ends with an error when the server is silent. */
export async function openHintStream(token: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array> | "refused" | null> {
  const silence = new AbortController();
  const endAfter = (ms: number) => setTimeout(() => silence.abort(), ms);
  let timer = endAfter(STREAM_OPEN_MS_MAX);
  const heard = () => {
    clearTimeout(timer);
    timer = endAfter(STREAM_SILENT_MS_MAX);
  };
  const answer = await fetch("/api/sync/stream", {
    headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.any([signal, silence.signal]),
  });
  heard();
  if (answer.ok && answer.body) {
    return answer.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          heard();
          controller.enqueue(chunk);
        },
      }),
    );
  }
  await answer.body?.cancel();
  return answer.status === 401 ? "refused" : null;
}

/** Asks for something that is not replicated. Rejects when the network fails; a question is not repeated by itself. */
export async function getOverNetwork(path: string, token: string): Promise<Reply> {
  const answer = await fetch(path, { headers: { authorization: `Bearer ${token}` }, credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(QUESTION_MS_MAX) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, json: () => new Promise<unknown>((resolve) => resolve(JSON.parse(text))) };
}
