import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { projectRoot } from "./school.ts";

/** How the form of documents was before bookmarks, groups and pictures: what a build of that version has in the place of today's. Each is there once. */
const differences = [
  ["number:5,version:2", "number:5,version:1"],
  [",bookmark:{writer:`client`,merge:`latest`,since:2}", ""],
  ["number:2,version:3", "number:2,version:1"],
  [
    ",groupId:{writer:`client`,merge:`last`,since:2},endsAt:{writer:`server`,since:2},kind:{writer:`creation`,since:2},title:{writer:`client`,merge:`last`,since:2},dissolved:{writer:`client`,merge:`last`,since:2},picture:{writer:`server`,since:3}",
    "",
  ],
] as const;

const FORMER = "assets/start-former00.js";
/** Another content for the service worker, as another build has it: it fetches the page anew. */
const REVISION = /("revision":")[0-9a-f]{32}(","url":"index\.html")/;

const nameOfStart = (): string => {
  const name = readdirSync(join(projectRoot, "client", "dist", "assets")).find((one) => /^start-\w+\.js$/.test(one));
  if (!name) throw new Error("the app is not built");
  return `assets/${name}`;
};

/**
 * A gateway before a school that gives out the app of the version before, until `deploy`: the same build with the former form of its documents,
 * under other names of its files. All the rest goes through as it is.
 */
export class FormerApp {
  readonly #server: Server;
  readonly #start = nameOfStart();
  #former = true;
  /** What devices push is answered as by a server that is away. */
  pushesFail = false;
  target = 0;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => this.#forward(incoming, outgoing));
  }

  static async open(): Promise<FormerApp> {
    const app = new FormerApp();
    app.#server.listen(0, "127.0.0.1");
    await once(app.#server, "listening");
    return app;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the gateway has no port");
    return `http://localhost:${address.port}`;
  }

  /** The new version is there; who asks for the app gets it. */
  deploy(): void {
    this.#former = false;
  }

  static readonly script = FORMER;

  /** Which of the two a page runs, by its script. */
  static isFormer(script: string): boolean {
    return script.endsWith(FORMER);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  #forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const path = incoming.url ?? "/";
    if (this.pushesFail && path.startsWith("/api/sync/push")) {
      incoming.resume();
      outgoing.writeHead(503).end();
      return;
    }
    const change = this.#former ? this.#changeOf(path) : null;
    const headers = { ...incoming.headers, ...(change ? { "accept-encoding": "identity" } : {}) };
    if (change) delete (headers as Record<string, unknown>)["if-none-match"];
    const onward = request({ host: "127.0.0.1", port: this.target, method: incoming.method, path: path.replace(FORMER, this.#start), headers }, (answer) => {
      if (!change) {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
        return;
      }
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () => {
        const body = Buffer.from(change(Buffer.concat(parts).toString()));
        const { etag: _, ...rest } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, { ...rest, "content-length": body.length }).end(body);
      });
    });
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  /** How the answer to this address differs in the version before; null: not at all. */
  #changeOf(path: string): ((text: string) => string) | null {
    if (path.endsWith(FORMER)) return (text) => differences.reduce((so, [now, then]) => replacedOnce(so, now, then), text);
    if (path === "/service-worker.js") return (text) => replacedOnce(text, this.#start, FORMER).replace(REVISION, `$1${"0".repeat(32)}$2`);
    if (path.startsWith("/api/") || /\.\w+$/.test(path.replace("/index.html", ""))) return null;
    return (text) => replacedOnce(text, this.#start, FORMER);
  }
}

function replacedOnce(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`"${from}" is there ${parts.length - 1} times, not once: the build has changed`);
  return parts.join(to);
}
