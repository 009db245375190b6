// The recorded writing of a real text, where its folder is. For tests and benchmarks only.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import * as Y from "yjs";
import type { Device } from "./test-rooms.ts";

interface EditingTrace {
  readonly endContent: string;
  readonly numAgents: number;
  readonly txns: readonly { readonly parents: readonly number[]; readonly agent: number; readonly patches: readonly [number, number, string][] }[];
}

const folder = [process.env["MOCHILA_DATA"], join(import.meta.dirname, "../../../shared/data")].find((path) => path !== undefined && existsSync(path));
const TRACE = "editing-traces/friendsforever.json.gz";

/** Each author's document as it was when they typed: it has seen exactly the ancestors that the trace names. */
class Author {
  readonly doc = new Y.Doc();
  readonly #seen = new Set<number>();

  constructor(id: number) {
    this.doc.clientID = id;
  }

  /** Answers what was new to them. */
  see(trace: EditingTrace, updates: readonly Uint8Array[], parents: readonly number[]): Uint8Array[] {
    const missing: number[] = [];
    const waiting = [...parents];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (this.#seen.has(next)) continue;
      this.#seen.add(next);
      missing.push(next);
      waiting.push(...(trace.txns[next]?.parents ?? []));
    }
    const news = missing.sort((left, right) => left - right).map((index) => updates[index] as Uint8Array);
    for (const update of news) Y.applyUpdate(this.doc, update);
    return news;
  }

  type(index: number, patches: EditingTrace["txns"][number]["patches"]): Uint8Array {
    const before = Y.encodeStateVector(this.doc);
    let update = new Uint8Array();
    const take = (bytes: Uint8Array) => (update = Uint8Array.from(bytes));
    this.doc.once("update", take);
    const text = this.doc.getText("probe");
    this.doc.transact(() => {
      for (const [at, deleted, inserted] of patches) {
        if (deleted > 0) text.delete(at, deleted);
        if (inserted) text.insert(at, inserted);
      }
    });
    this.doc.off("update", take);
    this.#seen.add(index);
    return update.length > 0 ? update : Y.encodeStateAsUpdate(this.doc, before);
  }
}

export function readEditingTrace(): EditingTrace | null {
  return folder ? (JSON.parse(gunzipSync(readFileSync(join(folder, TRACE))).toString()) as EditingTrace) : null;
}

/** Each author types through a device of their own. What they had seen of the other comes by the other road too, when the recording says so. */
export async function replay(trace: EditingTrace, devices: readonly Device[]): Promise<void> {
  const authors = [new Author(1), new Author(2)];
  const updates: Uint8Array[] = [];
  for (const [index, { agent, parents, patches }] of trace.txns.entries()) {
    const author = authors[agent] as Author;
    const { doc, provider } = devices[agent] as Device;
    // Seen by the other road; the server brings it to them too, and to everybody else by itself.
    for (const news of author.see(trace, updates, parents)) Y.applyUpdate(doc, news, provider);
    const update = author.type(index, patches);
    updates.push(update);
    Y.applyUpdate(doc, update, "typed");
    if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
