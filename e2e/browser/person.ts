import { password } from "./school.ts";

export interface PulledDocument {
  readonly id: string;
  readonly _deleted?: boolean;
  readonly [field: string]: unknown;
}

interface PullAnswer {
  readonly results: readonly { collection: string; documents?: PulledDocument[]; checkpoint?: unknown; more?: boolean }[];
}

/** A person as a program sees the school: through the contract's HTTP only. A second road to what a browser should hold. */
export class PersonOverHttp {
  private constructor(private readonly url: string, readonly token: string, readonly userId: string) {}

  static async signIn(url: string, email: string): Promise<PersonOverHttp> {
    const answer = await fetch(`${url}/api/auth/login`, {
      method: "POST", headers: { "content-type": "application/json", origin: url }, body: JSON.stringify({ email, password }),
    });
    if (!answer.ok) throw new Error(`sign-in of ${email}: ${answer.status} ${await answer.text()}`);
    const { accessToken, user } = (await answer.json()) as { accessToken: string; user: { id: string } };
    return new PersonOverHttp(url, accessToken, user.id);
  }

  call(path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["content-type"] = "application/json";
    return fetch(`${this.url}${path}`, body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Every document of a collection that this person receives now, by id. */
  async pullAll(collection: string): Promise<Map<string, PulledDocument>> {
    const held = new Map<string, PulledDocument>();
    let checkpoint: unknown = null;
    for (;;) {
      const answer = await this.call("/api/sync/pull", { pulls: [{ collection, checkpoint, limit: 200 }] });
      if (!answer.ok) throw new Error(`pull ${collection}: ${answer.status} ${await answer.text()}`);
      const result = ((await answer.json()) as PullAnswer).results[0];
      for (const document of result?.documents ?? []) {
        if (document._deleted) held.delete(document.id);
        else held.set(document.id, document);
      }
      if (!result?.more) return held;
      checkpoint = result.checkpoint;
    }
  }
}
