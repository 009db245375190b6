import { setTimeout as pause } from "node:timers/promises";
import { PersonOverHttp } from "../browser/person.ts";
import { password } from "../browser/school.ts";
import { type RequestFault, TcpProxy } from "./tcp-proxy.ts";

/** A request is lost; its answer is lost after the server did it; it comes twice at once; it comes once more after its answer. */
export const kinds = ["request lost", "answer lost", "twice at once", "again after the answer"] as const;
export type Kind = (typeof kinds)[number];

const faults: Record<Kind, RequestFault> = {
  "request lost": { cutRequestAfter: 0 },
  "answer lost": { cutAnswerAfter: 0 },
  "twice at once": { duplicate: "at-once" },
  "again after the answer": { duplicate: "after-answer" },
};

const TOO_MANY = 429;

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** A person behind a link on which the next request that somebody asks for meets a fault. Repeats what has no answer, as our client does. */
export class FaultyPerson {
  /** Faults that happened, of each route. */
  readonly happened = new Map<string, number>();
  #next: { readonly route: string; readonly fault: RequestFault } | null = null;
  #cookie = "";

  private constructor(private readonly link: TcpProxy, readonly url: string, readonly email: string, public token: string, readonly userId: string) {}

  /** `address`: of this machine, from which the person comes; limits of requests are one address's. */
  static async signIn(server: { port: number }, email: string, address: string): Promise<FaultyPerson> {
    const link = new TcpProxy({ host: "127.0.0.1", port: server.port, localAddress: address });
    const url = `http://localhost:${await link.open()}`;
    const { token, userId } = await PersonOverHttp.signIn(url, email);
    const person = new FaultyPerson(link, url, email, token, userId);
    link.faultOf = (head) => person.#faultOf(head);
    return person;
  }

  async close(): Promise<void> {
    await this.link.close();
  }

  /** The next request to `route` (method and the beginning of its path) meets a fault of this kind. */
  expect(kind: Kind, route: string): void {
    this.#next = { route, fault: faults[kind] };
  }

  /** Resolves with an answer; a fault is met by the same request again. All its repetitions have been answered then. */
  async ask(path: string, { method = "POST", headers = {}, body }: Asked = {}): Promise<Response> {
    const asked = { method, headers: { authorization: `Bearer ${this.token}`, origin: this.url, ...headers }, ...(body === undefined ? {} : { body }) };
    for (;;) {
      const answer = await fetch(`${this.url}${path}`, asked).catch(() => null);
      await this.link.settled();
      if (answer && answer.status !== TOO_MANY) return answer;
      // A fast machine asks more in a minute than a school's address may: it waits as it is told to, as a device does.
      await pause(answer ? Number(answer.headers.get("retry-after")) * 1_000 : 1);
    }
  }

  askJson(path: string, body: unknown, method = "POST"): Promise<Response> {
    return this.ask(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  }

  async signIn(): Promise<number> {
    const answer = await this.askJson("/api/auth/login", { email: this.email, password });
    return this.#opened(answer);
  }

  async refresh(): Promise<number> {
    return this.#opened(await this.ask("/api/auth/refresh", { headers: { "x-lms": "1", cookie: this.#cookie } }));
  }

  async signOut(): Promise<number> {
    return (await this.ask("/api/auth/logout", { headers: { "x-lms": "1", cookie: this.#cookie } })).status;
  }

  async #opened(answer: Response): Promise<number> {
    if (!answer.ok) return answer.status;
    this.token = ((await answer.json()) as { accessToken: string }).accessToken;
    this.#cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
    return answer.status;
  }

  #faultOf(head: string): RequestFault | undefined {
    if (!this.#next || !head.startsWith(this.#next.route)) return undefined;
    const { route, fault } = this.#next;
    this.#next = null;
    this.happened.set(route, (this.happened.get(route) ?? 0) + 1);
    return fault;
  }
}
