import { describe, expect, test } from "vitest";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import { type Held, heldOf } from "@mochila/shared/sync/held.ts";
import { NEXT_PAGES_HEADER } from "@mochila/shared/sync/next-pages.ts";
import type { PullResponse } from "@mochila/shared/sync/pull-response.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { backoffMs } from "./backoff.ts";
import { PullChannel } from "./pull-channel.ts";
import { PushChannel, type RowAnswer } from "./push-channel.ts";
import { type Contact, Refused, type Reply, request, type RequestOptions, Superseded } from "./request.ts";

interface Sent {
  readonly path: string;
  readonly body: { pulls?: { collection: string; checkpoint: string | null }[]; gaps?: string[]; check?: true; seen?: string[]; pushes?: { collection: string; rows: PushRow[] }[] };
  readonly token: string | undefined;
}

const reply = (status: number, body: unknown, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { get: (name) => headers[name] ?? null },
  json: () => Promise.resolve(body),
});
const failed = (status: number, code: string, more: object = {}) => reply(status, { error: { code, message: code, ...more } });

/** A network that a test writes the answers of. Time does not pass; what was waited for is noted. */
function network(answer: (sent: Sent, count: number) => Reply) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const contacts: Contact[] = [];
  const state = { leader: true, tokens: ["first", "second"] as (string | null)[], /** The waits that are cut short, from 1. */ woken: new Set<number>() };
  const options: RequestOptions & { gather(ms: number): Promise<void> } = {
    send: (path, { headers, body }) => {
      const one = { path, body: JSON.parse(body) as Sent["body"], token: headers["authorization"] };
      sent.push(one);
      return Promise.resolve(answer(one, sent.length));
    },
    accessToken: ({ renew }) => Promise.resolve(state.tokens[renew ? 1 : 0] ?? null),
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve(state.woken.delete(waits.length));
    },
    gather: () => Promise.resolve(),
    random: { bytes: (count) => new Uint8Array(count), fraction: () => 0.5 },
    stillLeader: () => state.leader,
    onContact: (contact) => contacts.push(contact),
  };
  return { options, sent, waits, contacts, state };
}

const row = (id: string, rev = "r1", base?: object): PushRow => ({ newDocumentState: { id, rev, _deleted: false }, ...(base ? { assumedMasterState: { id, ...base } } : {}) });
const accepted = (sent: Sent) => reply(200, { results: (sent.body.pushes ?? []).map(({ collection }) => ({ collection, conflicts: [], rejected: [] })) });

describe("a request", () => {
  test("is repeated with jitter that grows, and never before the server's time", async () => {
    const answers = [failed(503, "unavailable"), failed(429, "too_many_requests", { retryAfterMs: 9_000 }), reply(502, "<html>", { "retry-after": "3" }), reply(200, "done")];
    const { options, waits, contacts } = network((_, count) => answers[count - 1] ?? failed(500, "internal"));
    expect(await request(options, "/x", () => ({}))).toBe("done");
    expect(waits).toEqual([250, 9_500, 4_000]);
    expect(contacts).toEqual(["unreachable", "unreachable", "unreachable", "reached"]);
  });

  test("whose wait was cut short begins its waits anew: a phone says that it is online a moment before it is", async () => {
    const { options, waits, state } = network((_, count) => (count < 6 ? failed(503, "unavailable") : reply(200, "done")));
    state.woken.add(3);
    await request(options, "/x", () => ({}));
    expect(waits).toEqual([250, 500, 1_000, 250, 500]);
  });

  test("D4 waits 15 s at most, however often it failed, unless the server asks for more", () => {
    const longest = { bytes: (count: number) => new Uint8Array(count), fraction: () => 0.999_999 };
    expect([0, 1, 4, 5, 50, 5_000].map((attempt) => backoffMs(attempt, longest))).toEqual([500, 1_000, 8_000, 15_000, 15_000, 15_000]);
    expect(backoffMs(50, longest, 60_000)).toBe(75_000);
  });

  test("renews a refused token once, in the same try", async () => {
    const { options, sent, waits } = network((one) => (one.token === "Bearer second" ? reply(200, 1) : failed(401, "not_signed_in")));
    expect(await request(options, "/x", () => ({}))).toBe(1);
    expect(sent.map(({ token }) => token)).toEqual(["Bearer first", "Bearer second"]);
    expect(waits).toEqual([]);
  });

  test("waits without a token, and for a sign-in, instead of giving up", async () => {
    const net = network((_, count) => (count < 3 ? failed(401, "session_ended") : reply(200, 1)));
    net.state.tokens = [null, null];
    const first = net.options.wait;
    net.options.wait = (ms) => {
      net.state.tokens = ["first", "second"];
      return first(ms);
    };
    expect(await request(net.options, "/x", () => ({}))).toBe(1);
    expect(net.contacts).toEqual(["unreachable", "signed-out", "reached"]);
  });

  test("drops an answer that came after another tab took over (DECISIONS 15)", async () => {
    const net = network(() => {
      net.state.leader = false;
      return reply(200, 1);
    });
    await expect(request(net.options, "/x", () => ({}))).rejects.toBeInstanceOf(Superseded);
  });

  test("does not repeat what no repetition changes", async () => {
    const { options, sent } = network(() => failed(409, "epoch_changed", { details: { epoch: "e2" } }));
    await expect(request(options, "/x", () => ({}))).rejects.toMatchObject({ code: "epoch_changed", details: { epoch: "e2" } } satisfies Partial<Refused>);
    expect(sent).toHaveLength(1);
  });
});

describe("answers of a newer server", () => {
  test("W2 are read: what an old app does not know is passed over", async () => {
    const { options } = network(({ body }) =>
      reply(200, body.pulls ? { since: 1, results: [{ collection: "a", documents: [{ id: "1", later: true }], checkpoint: "p1", more: false, later: 1 }] } : { since: 1, results: [{ collection: "a", conflicts: [], rejected: [{ id: "1", code: "x", message: "no", later: 1 }], later: 1 }] }),
    );
    const page = await new PullChannel(options).pull("a", null);
    expect(page.documents).toEqual([{ id: "1", later: true, _deleted: false }]);
    const refused: unknown[] = [];
    const pushes = new PushChannel({ ...options, order: ["a"], onAnswers: (answers) => Promise.resolve(void refused.push(...answers.map((answer) => answer.refused))) });
    await pushes.push("a", [{ newDocumentState: { id: "1" } }]);
    expect(refused).toEqual(["x"]);
  });
});

test("W3 W5 pushes, pulls and checks say in which version of its form an app knows documents, where it is not the first", async () => {
  const { options, sent } = network((one) => (one.body.pushes ? accepted(one) : reply(200, { results: (one.body.pulls ?? []).map(({ collection }) => ({ collection })) })));
  const versioned = { ...options, versionOf: (collection: string) => (collection === "b" ? 2 : 1) };
  const pulls = new PullChannel(versioned);
  await Promise.all([pulls.pull("a", null), pulls.pull("b", null)]);
  await pulls.check(["b"]);
  await new PushChannel({ ...versioned, order: ["a", "b"], onAnswers: () => Promise.resolve() }).push("b", [row("1")]);
  const b = { collection: "b", version: 2 };
  expect(sent.map(({ body }) => body.pulls ?? body.pushes)).toMatchObject([[{ collection: "a" }, b], [b], [b]]);
  expect(sent[0]?.body.pulls?.[0]).toEqual({ collection: "a", checkpoint: null });
});

describe("pulls", () => {
  test("of all collections at a start are one request, and of all next pages one more", async () => {
    const { options, sent } = network(({ body }, count) => reply(200, { results: (body.pulls ?? []).map(({ collection }) => (count === 1 ? { collection, documents: [{ id: "1" }], checkpoint: "p1", more: true } : { collection })) }));
    const pulls = new PullChannel(options);
    const [a, b] = await Promise.all([pulls.pull("a", null), pulls.pull("b", null)]);
    await Promise.all([pulls.pull("a", a.checkpoint), pulls.pull("b", b.checkpoint)]);
    expect(sent.map(({ body }) => body.pulls?.map(({ collection, checkpoint }) => `${collection}:${checkpoint}`))).toEqual([["a:null", "b:null"], ["a:p1", "b:p1"]]);
  });

  test("after the last page the empty one that RxDB waits for costs no request (DECISIONS 14)", async () => {
    const { options, sent } = network(() => reply(200, { results: [{ collection: "a", documents: [{ id: "1" }, { id: "2", _deleted: true }], checkpoint: "p1", more: false }] }));
    const pulls = new PullChannel(options);
    const page = await pulls.pull("a", null);
    expect(page.documents).toEqual([{ id: "1", _deleted: false }, { id: "2", _deleted: true }]);
    expect(await pulls.pull("a", page.checkpoint)).toEqual({ documents: [], checkpoint: "p1" });
    expect(sent).toHaveLength(1);
    await pulls.pull("a", page.checkpoint);
    expect(sent).toHaveLength(2);
  });

  const pages = ({ body }: Sent) => {
    const number = Number(body.pulls?.[0]?.checkpoint?.slice(1) ?? 0) + 1;
    const more = number < 4;
    return reply(200, { results: [{ collection: "a", documents: [{ id: `${number}` }], checkpoint: `p${number}`, more }] }, more ? { [NEXT_PAGES_HEADER]: `{"a":"p${number}"}` } : {});
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

  test("F10 of a first look ask for one page ahead while the device writes, and never for two", async () => {
    const { options, sent } = network(pages);
    const pulls = new PullChannel(options);
    const asked = [];
    const seen = [];
    for (let checkpoint: string | null = null, page; page === undefined || page.documents.length > 0; checkpoint = page.checkpoint) {
      page = await pulls.pull("a", checkpoint);
      await settled();
      asked.push(sent.length);
      seen.push(...page.documents.map(({ id }) => id));
    }
    expect(seen).toEqual(["1", "2", "3", "4"]);
    expect(asked).toEqual([2, 3, 4, 4, 4]);
  });

  test("F10 are asked for ahead while the page before is still on its way, and dropped when that one came otherwise", async () => {
    let arrive: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const { options, sent } = network((one, count) => {
      const answer = pages(one);
      return count === 1 ? { ...answer, json: () => arrived.then(() => ({ results: [{ collection: "a", documents: [{ id: "1" }], checkpoint: "p2", more: true }] })) } : answer;
    });
    const pulls = new PullChannel(options);
    const page = pulls.pull("a", null);
    await settled();
    expect(sent).toHaveLength(2);
    arrive();
    expect((await pulls.pull("a", (await page).checkpoint)).documents).toEqual([{ id: "3", _deleted: false }]);
    expect(sent.map(({ body }) => body.pulls?.[0]?.checkpoint)).toEqual([null, "p1", "p2", "p3"]);
  });

  test("E3 of a history that the server has left are asked for from the beginning, and are not said to have been seen", async () => {
    const { options, sent } = network(({ body }) => reply(200, { results: (body.pulls ?? []).map(({ collection }) => ({ collection })) }));
    const pulls = new PullChannel({ ...options, forgotten: new Set(["lost"]) });
    const seen = pulls.seen();
    await Promise.all([pulls.pull("a", "lost"), pulls.pull("b", "p1")]);
    expect(sent[0]?.body.pulls?.map(({ checkpoint }) => checkpoint)).toEqual([null, "p1"]);
    expect(await seen).toEqual(["p1"]);
    const pushes = new PushChannel({ ...options, order: ["a"], seen: () => pulls.seen(), onAnswers: () => Promise.resolve() });
    await pushes.push("a", [row("i")]);
    expect(sent[1]?.body).toMatchObject({ seen: ["p1"] });
  });

  test("E3 a push says of every collection what was seen, also where one begins to ask later than the others", async () => {
    const { options, sent } = network((one) => (one.body.pushes ? accepted(one) : reply(200, { results: (one.body.pulls ?? []).map(({ collection }) => ({ collection })) })));
    const pulls = new PullChannel({ ...options, collections: ["a", "b"] });
    const pushes = new PushChannel({ ...options, order: ["a"], seen: () => pulls.seen(), onAnswers: () => Promise.resolve() });
    await pulls.pull("a", null);
    const pushed = pushes.push("a", [row("i")]);
    await settled();
    await pulls.pull("b", "lost");
    await pushed;
    expect(sent.flatMap(({ body }) => (body.pushes ? [body.seen] : []))).toEqual([["lost"]]);
  });

  test("E3 say which write was taken last, until a page has brought it and is written", async () => {
    let told: Revision | null = { id: "1", rev: "r1" };
    const arrived: unknown[] = [];
    const lastTaken = { say: () => Promise.resolve(told), arrived: (collection: string, documents: readonly object[]) => void arrived.push([collection, ...documents]) };
    const { options, sent } = network(({ body }) => reply(200, { results: (body.pulls ?? []).map(({ collection }) => ({ collection, documents: told ? [told] : [], checkpoint: "p" })) }));
    const pulls = new PullChannel({ ...options, lastTaken });
    await pulls.pull("a", "p1");
    expect(sent[0]?.body).toMatchObject({ taken: told });
    expect(arrived).toEqual([["a", told]]);
    told = null;
    await pulls.pull("a", "p2");
    expect(sent[1]?.body).not.toHaveProperty("taken");
  });

  test("E3 say it anew with each try: a push may have been answered, and the server put back, between two", async () => {
    const told = [{ id: "1", rev: "r1" }, { id: "1", rev: "r2" }];
    const lastTaken = { say: () => Promise.resolve(told.shift() ?? null), arrived: () => undefined };
    const { options, sent } = network((_, count) => (count === 1 ? failed(503, "unavailable") : reply(200, { results: [{ collection: "a" }] })));
    await new PullChannel({ ...options, lastTaken }).pull("a", "p1");
    expect(sent.map(({ body }) => (body as { taken?: Revision }).taken?.rev)).toEqual(["r1", "r2"]);
  });

  describe("of a repair (D11)", () => {
    const [one, two] = [{ id: "1", rev: newRev() }, { id: "2", rev: newRev() }];
    const both = heldOf([one.rev, two.rev]);
    /** Two pages from the beginning; where the device was, nothing is new. */
    const answersWith = (held: Held | undefined) => ({ body }: Sent) => {
      const checkpoint = body.pulls?.[0]?.checkpoint ?? null;
      const page = checkpoint === null ? { documents: [one], checkpoint: "p1", more: true } : checkpoint === "p1" ? { documents: [two], checkpoint: "p2", more: false } : {};
      return reply(200, { results: [{ collection: "a", ...page, ...(body.check ? { held } : {}) }] });
    };
    const answers = answersWith(both);
    const ids = (page: { documents: readonly { id: string; _deleted: boolean }[] }) => page.documents.map(({ id, _deleted: deleted }) => (deleted ? `-${id}` : id));

    test("begin at the beginning, say so once, and end with the removal of what was not told", async () => {
      const { options, sent } = network(answers);
      const pulls = new PullChannel(options);
      await pulls.pull("a", "p2");
      pulls.repair("a", new Set(["1", "ghost"]));
      expect(ids(await pulls.pull("a", "p2"))).toEqual(["1"]);
      expect(ids(await pulls.pull("a", "p1"))).toEqual(["2", "-ghost"]);
      expect(ids(await pulls.pull("a", "p2"))).toEqual([]);
      await pulls.pull("a", "p2");
      expect(sent.map(({ body }) => [body.pulls?.[0]?.checkpoint, body.gaps, body.check])).toEqual([["p2", undefined, undefined], [null, ["a"], undefined], ["p1", undefined, undefined], ["p2", undefined, true], ["p2", undefined, undefined]]);
    });

    test.each([
      ["cannot say what should be held: a change of a document, behind the horizon, takes it out of these pages and brings it in the next", undefined],
      ["should hold more than these pages told", heldOf([one.rev, two.rev, newRev()])],
    ])("remove nothing while the server %s", async (_, held) => {
      const { options } = network(answersWith(held));
      const pulls = new PullChannel(options);
      pulls.repair("a", new Set(["1", "changed"]));
      expect(ids(await pulls.pull("a", "p2"))).toEqual(["1"]);
      expect(ids(await pulls.pull("a", "p1"))).toEqual(["2"]);
    });

    test("that were interrupted begin anew, and remove nothing that only the lost pages named", async () => {
      const { options, sent } = network(answers);
      const pulls = new PullChannel(options);
      pulls.repair("a", new Set(["1", "2"]));
      expect(ids(await pulls.pull("a", "p2"))).toEqual(["1"]);
      // The page was not written: RxDB asks from where it was.
      expect(ids(await pulls.pull("a", "p2"))).toEqual(["1"]);
      expect(ids(await pulls.pull("a", "p1"))).toEqual(["2"]);
      expect(sent.map(({ body }) => body.pulls?.[0]?.checkpoint)).toEqual([null, null, "p1"]);
    });

    test("remove nothing on a device that has seen a restore: it may be the last to hold it", async () => {
      const { options } = network(answers);
      const pulls = new PullChannel({ ...options, forgotten: new Set(["lost"]) });
      pulls.repair("a", new Set(["1", "ghost"]));
      expect(ids(await pulls.pull("a", "p2"))).toEqual(["1"]);
      expect(ids(await pulls.pull("a", "p1"))).toEqual(["2"]);
    });

    test("are asked for where the server's word differs from the device's", async () => {
      const { options, sent } = network(() => reply(200, { results: [{ collection: "a", held: { count: 1, digest: "00000000000a" } }, { collection: "b", documents: [{ id: "x" }], checkpoint: "p", held: { count: 0, digest: "000000000000" } }, { collection: "c" }] }));
      const should = await new PullChannel(options).check(["a", "b", "c"]);
      expect(should).toEqual(new Map([["a", { count: 1, digest: "00000000000a" }]]));
      expect(sent[0]?.body).toMatchObject({ check: true });
    });
  });

  test("F10 of a later look are never read ahead: a push between would be put back", async () => {
    const { options, sent } = network(pages);
    const pulls = new PullChannel(options);
    await pulls.pull("a", "p1");
    await settled();
    expect(sent).toHaveLength(1);
  });

  test("take the first page from what was asked before the channel stood, and ask themselves where it failed", async () => {
    const { options, sent } = network(pages);
    const early = { results: [{ collection: "a", documents: [{ id: "early" }], checkpoint: "p3", more: true }] };
    const first = (response: Promise<PullResponse>) => Promise.resolve({ next: {}, response });
    const pulls = new PullChannel({ ...options, first: first(Promise.resolve(early)) });
    expect((await pulls.pull("a", null)).documents).toEqual([{ id: "early", _deleted: false }]);
    expect((await pulls.pull("a", "p3")).documents).toEqual([{ id: "4", _deleted: false }]);
    expect(sent.map(({ body }) => body.pulls?.[0]?.checkpoint)).toEqual(["p3"]);
    // From the beginning again, after a restore: never the page that was read before it.
    expect((await pulls.pull("a", null)).documents).toEqual([{ id: "1", _deleted: false }]);
    for (const lost of [Promise.resolve(null), first(Promise.reject(new TypeError("cut")))]) {
      const without = new PullChannel({ ...options, first: lost });
      expect((await without.pull("a", null)).documents).toEqual([{ id: "1", _deleted: false }]);
    }
  });
});

describe("pushes", () => {
  const channel = (answer: (sent: Sent, count: number) => Reply) => {
    const net = network(answer);
    const answers: RowAnswer[] = [];
    const pushes = new PushChannel({ ...net.options, order: ["courses", "modules", "items"], onAnswers: (some) => Promise.resolve(void answers.push(...some)) });
    return { ...net, pushes, answers };
  };

  test("that meet are one request in registry order, whatever order they came in (DECISIONS 5)", async () => {
    const { pushes, sent } = channel(accepted);
    await Promise.all([pushes.push("items", [row("i")]), pushes.push("courses", [row("c")]), pushes.push("modules", [row("m")])]);
    expect(sent.map(({ body }) => body.pushes?.map(({ collection }) => collection))).toEqual([["courses", "modules", "items"]]);
  });

  test("one waits while another is on its way", async () => {
    const { pushes, sent } = channel(accepted);
    const first = pushes.push("modules", [row("m")]);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.all([first, pushes.push("items", [row("i")]), pushes.push("courses", [row("c")])]);
    expect(sent.map(({ body }) => body.pushes?.map(({ collection }) => collection))).toEqual([["modules"], ["courses", "items"]]);
  });

  test("answer the masters of conflicts; refusals are told before RxDB hears of them", async () => {
    const { pushes, answers } = channel(() => reply(200, { results: [{ collection: "items", conflicts: [{ id: "b", rev: "s" }], rejected: [{ id: "b", code: "row_forbidden", message: "no" }] }] }));
    const order: string[] = [];
    const conflicts = await pushes.push("items", [row("a"), row("b")]);
    order.push("rxdb");
    expect(conflicts).toEqual([{ id: "b", rev: "s", _deleted: false }]);
    expect(answers.map(({ row: { newDocumentState }, refused, master }) => [newDocumentState["id"], refused, master?.id])).toEqual([["a", undefined, undefined], ["b", "row_forbidden", "b"]]);
  });

  test("the master itself, offered again after a conflict, is not sent: a removal would be refused for ever", async () => {
    const { pushes, sent } = channel(accepted);
    expect(await pushes.push("items", [row("a", "r1", { rev: "r1" }), { newDocumentState: { id: "b", _deleted: true }, assumedMasterState: { id: "b", _deleted: true } }])).toEqual([]);
    expect(sent).toEqual([]);
  });

  test("D3 a request refused as a whole is halved: one bad row does not hold back the others, and is given its old master", async () => {
    const { pushes, sent, answers } = channel((one) => (one.body.pushes?.some(({ rows }) => rows.some(({ newDocumentState }) => newDocumentState["id"] === "bad")) ? failed(400, "invalid_input") : accepted(one)));
    const conflicts = await pushes.push("items", [row("a"), row("b"), row("bad", "r2", { rev: "r1" }), row("c"), row("d")]);
    expect(conflicts).toEqual([{ id: "bad", rev: "r1", _deleted: false }]);
    expect(answers.filter(({ refused }) => refused === undefined).map(({ row: { newDocumentState } }) => newDocumentState["id"]).sort()).toEqual(["a", "b", "c", "d"]);
    expect(answers.find(({ refused }) => refused !== undefined)?.refused).toBe("invalid_input");
    expect(sent.length).toBeGreaterThan(3);
  });

  test("D3 a row too large for a gateway on the way does not hold back the others either", async () => {
    const { pushes, answers } = channel((one) => (JSON.stringify(one.body).includes("huge") ? reply(413, "<html>") : accepted(one)));
    const huge: PushRow = { newDocumentState: { id: "big", rev: "r2", body: "huge", _deleted: false }, assumedMasterState: { id: "big", rev: "r1" } };
    expect(await pushes.push("items", [row("a"), huge, row("b")])).toEqual([{ id: "big", rev: "r1", _deleted: false }]);
    expect(answers.map(({ row: { newDocumentState }, refused }) => [newDocumentState["id"], refused])).toEqual([["a", undefined], ["big", "too_large"], ["b", undefined]]);
  });

  test.each([[403, reply(403, "<html>sign in to the wifi")], [404, reply(404, "not found")], [400, reply(400, "<html>")], [403, failed(403, "forbidden")]])(
    "%i that says nothing about the rows takes no work from anybody: it is tried again",
    async (_, answer) => {
      const { pushes, sent, answers, contacts } = channel((one, count) => (count < 3 ? answer : accepted(one)));
      expect(await pushes.push("items", [row("a"), row("b")])).toEqual([]);
      expect(sent).toHaveLength(3);
      expect(contacts).toEqual(["unreachable", "unreachable", "reached"]);
      expect(answers.every(({ refused }) => refused === undefined)).toBe(true);
    },
  );

  test("more rows than a request may have go in several, in order", async () => {
    const { pushes, sent } = channel(accepted);
    await Promise.all([pushes.push("items", Array.from({ length: 600 }, (_, index) => row(`i${index}`))), pushes.push("courses", [row("c")])]);
    expect(sent.map(({ body }) => body.pushes?.map(({ collection, rows }) => `${collection} ${rows.length}`))).toEqual([["courses 1", "items 499"], ["items 101"]]);
  });
});
