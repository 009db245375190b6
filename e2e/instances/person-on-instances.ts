import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { parseEventStream } from "@mochila/client/sync/event-stream.ts";
import { PullChannel } from "@mochila/client/sync/pull-channel.ts";
import { PushChannel, type RowAnswer } from "@mochila/client/sync/push-channel.ts";
import type { Contact, Reply, Send } from "@mochila/client/sync/request.ts";
import { sendOverNetwork } from "@mochila/client/sync/transport.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { collections } from "@mochila/shared/registry.ts";
import type { Checkpoint } from "@mochila/shared/sync/checkpoint.ts";
import type { PulledDocument } from "@mochila/shared/sync/pulled-document.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import type { PersonOverHttp } from "../browser/person.ts";

const order = collections.map(({ name }) => name);
export const moduleRows = (courseId: string, ids: readonly string[], title = "A module") =>
  ids.map((id) => ({ newDocumentState: { id, rev: newRev(), courseId, title: { en: title }, order: "V", state: "draft" } }));

/** Of the client's answers, so that a test may lose one after the server has sent it. */
type Losing = (path: string, url: string, reply: Reply) => boolean;

/**
 * The client's own channels over HTTP to several instances, each request to the next of them, as a gateway without memory sends it.
 * A gateway that notices late sends to one that is gone, too.
 */
export class PersonOnInstances {
  /** What the person's status would have said after each try that was no success. */
  readonly contacts: Exclude<Contact, "reached">[] = [];
  readonly answers: RowAnswer[] = [];
  /** Instance of each request, in their order. */
  readonly asked: string[] = [];
  readonly pulls: PullChannel;
  readonly #pushes: PushChannel;
  readonly #ending = new AbortController();
  #turn = 0;

  /** `patience`: bounds the pauses between tries, where a test is not about them. */
  constructor(readonly person: PersonOverHttp, private readonly urls: readonly string[], losing: Losing = () => false, patience = Infinity) {
    const network = sendOverNetwork(this.#ending.signal);
    const send: Send = async (path, init) => {
      const url = this.urls[this.#turn++ % this.urls.length] ?? "";
      this.asked.push(url);
      const reply = await network(`${url}${path}`, init);
      if (losing(path, url, reply)) throw new TypeError("the answer was lost");
      return reply;
    };
    const options = {
      send, wait: (ms: number) => pause(Math.min(ms, patience), false), gather: (ms: number) => pause(ms), random: systemRandom,
      accessToken: () => Promise.resolve(person.token),
      stillLeader: () => !this.#ending.signal.aborted,
      onContact: (contact: Contact) => void (contact !== "reached" && this.contacts.push(contact)),
    };
    this.pulls = new PullChannel(options);
    this.#pushes = new PushChannel({ ...options, order, onAnswers: (answers) => Promise.resolve(void this.answers.push(...answers)) });
  }

  /** Resolves with what the server did not take as it was. */
  write(collection: string, rows: readonly PushRow[]): Promise<unknown[]> {
    return this.#pushes.push(collection, rows);
  }

  /** Writes drafts of modules. */
  writeModules(courseId: string, ids: readonly string[], title?: string): Promise<unknown[]> {
    return this.write("modules", moduleRows(courseId, ids, title));
  }

  /** All of a collection from `checkpoint` on, page by page as RxDB asks. */
  async pullAll(collection: string, checkpoint: Checkpoint = null): Promise<{ documents: Map<string, PulledDocument>; pages: number; checkpoint: Checkpoint }> {
    const documents = new Map<string, PulledDocument>();
    for (let pages = 0; ; pages += 1) {
      const page = await this.pulls.pull(collection, checkpoint);
      if (page.documents.length === 0) return { documents, pages, checkpoint };
      for (const document of page.documents) documents.set(document.id, document);
      ({ checkpoint } = page);
    }
  }

  end(): void {
    this.#ending.abort();
  }
}

/** A request that the server has begun to handle and whose second half is sent by `finish`, which resolves with the status of the answer. */
export async function beginRequest(url: string, { token }: PersonOverHttp, { path, body }: { path: string; body: unknown }): Promise<{ finish(): Promise<number | undefined> }> {
  const bytes = Buffer.from(JSON.stringify(body));
  const half = bytes.length >> 1;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "content-length": bytes.length, expect: "100-continue" };
  const asked = request(`${url}${path}`, { method: "POST", headers });
  const answered = once(asked, "response") as Promise<[IncomingMessage]>;
  // Awaited in `finish`; it may fail before.
  answered.catch(() => undefined);
  asked.flushHeaders();
  await once(asked, "continue");
  asked.write(bytes.subarray(0, half));
  return {
    finish: async () => {
      asked.end(bytes.subarray(half));
      const [response] = await answered;
      response.resume();
      return response.statusCode;
    },
  };
}

/** The stream of hints of one instance: when hints came (`performance.now()`), and how it ended. */
export async function listenOn(url: string, { token }: PersonOverHttp): Promise<{ hints: number[]; ended: Promise<"end" | "cut">; close(): void }> {
  const closing = new AbortController();
  const answer = await fetch(`${url}/api/sync/stream`, { headers: { authorization: `Bearer ${token}` }, signal: closing.signal });
  if (!answer.ok || !answer.body) throw new Error(`the stream: ${answer.status}`);
  const hints: number[] = [];
  const read = async (body: ReadableStream<Uint8Array>): Promise<"end" | "cut"> => {
    for await (const { name } of parseEventStream(body)) {
      if (name === "end") return "end";
      if (name === "hint") hints.push(performance.now());
    }
    return "cut";
  };
  return { hints, ended: read(answer.body).catch(() => "cut" as const), close: () => closing.abort() };
}
