import { connect } from "node:net";

export interface RawRequest {
  /** The first line, as it is sent: without the line's end. */
  readonly line: string;
  /** Lines as they are sent; a name may come twice, or be none. */
  readonly headers: readonly string[];
  readonly body: Buffer;
  /** Cut the line after the body instead of waiting. */
  readonly leaves?: boolean;
}

export interface RawAnswer {
  /** Null: the connection ended without an answer. */
  readonly status: number | null;
  readonly text: string;
  readonly milliseconds: number;
}

const HEAD_END = Buffer.from("\r\n\r\n");
const ANSWER_BYTES_MAX = 20_000;

/**
 * Sends bytes over a socket of its own, and reads until the server closes, has answered what it announced, or `patienceMs` are over. No client library is
 * between: what a library would refuse to send is what is wanted here.
 */
export function sendRaw(port: number, { line, headers, body, leaves = false }: RawRequest, patienceMs: number): Promise<RawAnswer> {
  const begin = performance.now();
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let received = Buffer.alloc(0);
    const end = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const text = received.toString("latin1");
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      resolve({ status: status === undefined ? null : Number(status), text, milliseconds: performance.now() - begin });
    };
    const timer = setTimeout(end, patienceMs);
    socket.on("error", end).on("close", end);
    socket.on("data", (part) => {
      if (received.length < ANSWER_BYTES_MAX) received = Buffer.concat([received, part]);
      if (isWhole(received)) end();
    });
    socket.write(Buffer.concat([Buffer.from(`${line}\r\n${headers.join("\r\n")}\r\n\r\n`, "latin1"), body]), () => {
      if (leaves) setTimeout(end, 5);
    });
  });
}

/** An endless answer is whole when its head is there. */
function isWhole(received: Buffer): boolean {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return false;
  if (received.length >= ANSWER_BYTES_MAX) return true;
  const head = received.subarray(0, headEnd).toString("latin1").toLowerCase();
  if (/^http\/1\.1 1\d\d/.test(head)) return received.length > headEnd + 4 && isWhole(received.subarray(headEnd + 4));
  if (/content-type: text\/event-stream/.test(head) || /^http\/1\.1 (?:204|304)/.test(head)) return true;
  const length = /content-length: (\d+)/.exec(head)?.[1];
  return length === undefined ? received.subarray(-5).toString() === "0\r\n\r\n" : received.length >= headEnd + 4 + Number(length);
}
