import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { registry } from "@mochila/shared/registry.ts";
import { own, sameContent, sameValue } from "@mochila/shared/sync/change.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import type { PushResponse } from "@mochila/shared/sync/push-response.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import type { Place, Relation } from "./declaration.ts";
import { type Kind, kinds } from "./documents.ts";
import { ORIGIN } from "./test-application.ts";
import { type Attack, attacksByMaking, attacksOn, rightfulChanges, type Shape, shapesOf, type Target, writerOf } from "./test-attacks.ts";
import type { Caller } from "./test-callers.ts";
import { fitting } from "./test-fitting.ts";
import { isAllowed, requestOf } from "./test-requests.ts";
import { openSchool, type School } from "./test-school.ts";

const RELATIONS = ["own", "peer", "otherCourse", "unpublished", "archived"] as const satisfies readonly Relation[];

interface Spot {
  readonly name: string;
  readonly kind: Kind;
  readonly definition: CollectionDefinition;
  readonly shape: Shape;
  readonly relation: Relation;
}

/** One of each kind of document that the registry knows, at each place: of two uses of one kind, the one by which somebody may write it. */
function spotsOf(school: School, caller: Caller): Spot[] {
  return registry.flatMap((definition) =>
    shapesOf(definition).flatMap(({ schema, shape }) => {
      const place = school.placeOf(caller, "own");
      const fitsKind = ({ collection, standing, id }: Kind) => collection === definition.name && schema.safeParse({ ...standing(place), id: id(place), rev: newId() }).success;
      const uses = Object.entries(kinds).filter(([, kind]) => fitsKind(kind));
      const [name, kind] = uses.find(([, { changes }]) => Object.keys(changes).length > 0) ?? uses[0] ?? [];
      if (name === undefined || kind === undefined) throw new Error(`A kind of ${definition.name} (${Object.keys(shape).join(", ")}) has no line in \`kinds\` of sync-server/authorization/documents.ts, and nobody knows who may write it.`);
      // What is nobody's own is the same document in several of these places.
      const places = new Map(RELATIONS.toReversed().map((relation) => [kind.id(school.placeOf(caller, relation)), relation]));
      return [...places.values()].map((relation): Spot => ({ name, kind, definition, shape, relation }));
    }),
  );
}

let school: School;
let callers: readonly Caller[];
/** By collection and id. Everything is undone, so that it stands so for each. */
const masters = new Map<string, SyncedDocument>();
const keyOf = (definition: CollectionDefinition, id: string): string => `${definition.name}/${id}`;

/** What may be there is there, so that there is something to change and to take out; nothing that changes who receives it. */
function filled(definition: CollectionDefinition, shape: Shape, document: SyncedDocument): SyncedDocument {
  let full = document;
  for (const [name, schema] of Object.entries(shape)) {
    if (own(full, name) !== undefined) continue;
    const samples = fitting(schema);
    // Of numbers the largest: an end that has come would be the end of somebody's rights.
    const value = samples.every((one) => typeof one === "number") ? Math.max(...(samples as number[])) : samples[0];
    const next = { ...full, [name]: value };
    if (value !== undefined && sameValue(definition.scopesOf(next), definition.scopesOf(full))) full = next;
  }
  return full;
}

beforeAll(async () => {
  school = await openSchool();
  const { database } = school.application;
  // Who is in another group stands as a student does; who is not signed in reaches no push (matrix.pg.test.ts).
  callers = school.callers.filter(({ signedIn, name }) => signedIn && name !== "otherGroup");
  for (const definition of registry) {
    const spots = callers.flatMap((caller) => spotsOf(school, caller).filter((spot) => spot.definition === definition).map((spot) => ({ shape: spot.shape, id: spot.kind.id(school.placeOf(caller, spot.relation)) })));
    const ids = [...new Set(spots.map(({ id }) => id))];
    const bare = await readDocuments(database.sql, definition.name, ids);
    const shapeOf = new Map(spots.map(({ id, shape }) => [id, shape]));
    await database.transaction((transaction) => writeDocuments(transaction, [...bare.values()].map((document) => ({ collection: definition.name, document: filled(definition, shapeOf.get(document.id) ?? {}, document) }))));
    for (const [id, document] of await readDocuments(database.sql, definition.name, ids)) masters.set(keyOf(definition, id), document);
  }
}, 180_000);
afterAll(() => school.application.close());

interface Case {
  readonly at: string;
  readonly collection: string;
  readonly version: number;
  readonly id: string;
  readonly row: PushRow;
  /** Whether it may write a part of the document. */
  readonly writes: boolean;
  /** What is wrong with what stands after it; null: nothing. */
  judge(after: SyncedDocument | undefined): string | null;
}

/** Courses in which the caller is nothing, and people whom they are not. */
function otherIdsOf(caller: Caller): string[] {
  const places = (["own", "peer", "otherCourse"] as const).map((relation) => school.placeOf(caller, relation));
  const isIn = ({ relation }: Place) => (["student", "observer", "assistant", "instructor"] as const).some((role) => school.standingsOf(caller, relation).has(role));
  const self = school.placeOf(caller, "own").ownerId;
  return [...new Set([...places.filter((place) => !isIn(place)).map(({ courseId }) => courseId), ...places.map(({ ownerId }) => ownerId).filter((id) => id !== self)])];
}

interface Seen extends Spot {
  readonly at: string;
  readonly target: Omit<Target, "master">;
  readonly master: SyncedDocument | undefined;
}

const seenBy = (caller: Caller): Seen[] =>
  spotsOf(school, caller).map((spot) => {
    const { name, kind, definition, shape, relation } = spot;
    const may = (where: Kind["changes"]) => isAllowed(school, { may: where }, { caller, relation });
    const change = Object.fromEntries(Object.entries(kind.change).filter(([field]) => writerOf(definition, field) === "client"));
    const target = { definition, shape, change, mayWrite: may(kind.changes), mayDelete: may(kind.deletes), otherIds: otherIdsOf(caller) };
    return { ...spot, at: `${name} | ${caller.name} | ${relation}`, target, master: masters.get(keyOf(definition, kind.id(school.placeOf(caller, relation)))) };
  });

function judgeStanding({ what, may }: Attack, master: SyncedDocument, after: SyncedDocument | undefined): string | null {
  if (after === undefined) return `${what}: is gone`;
  const others = [...new Set([...Object.keys(master), ...Object.keys(after)])].filter((field) => field !== "rev" && !may.includes(field) && !sameValue(own(master, field), own(after, field)));
  if (others.length > 0) return `${what}: changed ${others.join(", ")}`;
  return may.length === 0 && after.rev !== master.rev ? `${what}: was written` : null;
}

function casesOf(caller: Caller): Case[] {
  return seenBy(caller).flatMap(({ at, kind, definition, relation, target, master }) => {
    const collection = definition.name;
    const mayCreate = isAllowed(school, { may: kind.creates }, { caller, relation });
    const standing = master === undefined ? [] : attacksOn({ ...target, master }).map((attack): Case => ({ at, collection, version: attack.version, id: master.id, row: attack.row, writes: attack.may.length > 0, judge: (after) => judgeStanding(attack, master, after) }));
    const making = attacksByMaking(target, () => kind.fresh(school.placeOf(caller, relation))).map(
      ({ what, id, row, made }): Case => ({
        at, collection, version: definition.version, id, row, writes: false,
        judge: (after) => (after === undefined || (mayCreate && made !== null && sameContent(after, made)) ? null : `${what}: was made as ${JSON.stringify(after).slice(0, 200)}`),
      }),
    );
    return [...standing, ...making];
  });
}

interface Pushed {
  readonly status: number;
  readonly codes: readonly string[];
  readonly after: ReadonlyMap<string, SyncedDocument>;
}

/** By the door that devices use; then what stands is read, and everything undone. */
async function push(caller: Caller, cases: readonly Pick<Case, "collection" | "version" | "id" | "row">[]): Promise<Pushed> {
  const { app, clock, undone } = school.application;
  clock.nextCase();
  const groups = new Map<string, typeof cases>();
  for (const one of cases) groups.set(`${one.collection}/${one.version}`, [...(groups.get(`${one.collection}/${one.version}`) ?? []), one]);
  const pushes = [...groups.values()].map((group) => ({ collection: group[0]?.collection ?? "", version: group[0]?.version ?? 1, rows: group.map(({ row }) => row) }));
  const { method, path, headers, body } = requestOf("POST /api/sync/push", { body: { pushes } }, caller);
  const { result } = await undone(async (sql) => {
    const answer = await app.hono.request(`${ORIGIN}${path}`, { method, headers, body }, { incoming: { socket: { remoteAddress: caller.address } } });
    const { results = [] } = (await answer.json()) as Partial<PushResponse>;
    const read = await Promise.all([...new Set(cases.map(({ collection }) => collection))].map((name) => readDocuments(sql, name, cases.filter(({ collection }) => collection === name).map(({ id }) => id))));
    return { status: answer.status, codes: results.flatMap(({ rejected }) => rejected.map(({ code }) => code)), after: new Map(read.flatMap((documents) => [...documents])) };
  });
  return result;
}

const ROWS_AT_ONCE = 240;
/** Fewer than the rounds of one push. */
const ROWS_OF_ONE_MAX = 6;

/** Refused with the whole request, before it is read: kept apart, so that no other row is refused by it. */
const reachesPrototype = ({ row }: Pick<Case, "row">): boolean => Object.hasOwn(row.newDocumentState, "__proto__");

/** A row that may write a part of its document is the only one of it in its request, so that none stands on another. */
function* requestsOf(cases: readonly Case[]): Generator<Case[]> {
  let waiting = [...cases];
  while (waiting.length > 0) {
    const rowsOf = new Map<string, number>();
    const now: Case[] = [];
    const later: Case[] = [];
    const last = waiting.every(reachesPrototype);
    for (const one of waiting) {
      const rows = rowsOf.get(one.id) ?? 0;
      const fits = now.length < ROWS_AT_ONCE && reachesPrototype(one) === last && (one.writes ? rows === 0 : rows < ROWS_OF_ONE_MAX);
      (fits ? now : later).push(one);
      if (fits) rowsOf.set(one.id, one.writes ? ROWS_OF_ONE_MAX : rows + 1);
    }
    yield now;
    waiting = later;
  }
}

/** `ROUTE`: a pattern of kind | principal | place, to try no more than what fits it. */
const asked = new RegExp(process.env["ROUTE"] ?? "", "u");

test("AZ4 nobody writes a field that is not theirs to write, of any kind, in any way that a push can say it", async () => {
  const problems: string[] = [];
  const codes = new Map<string, number>();
  let [tried, requests] = [0, 0];
  const started = performance.now();
  for (const caller of callers) {
    for (const cases of requestsOf(casesOf(caller).filter(({ at }) => asked.test(at)))) {
      const { status, codes: refused, after } = await push(caller, cases);
      tried += cases.length;
      requests += 1;
      if (status !== (cases.some(reachesPrototype) ? 400 : 200)) problems.push(`${caller.name}: answered ${status}`);
      for (const code of refused) codes.set(code, (codes.get(code) ?? 0) + 1);
      for (const { at, id, judge } of cases) {
        const problem = judge(after.get(id));
        if (problem !== null) problems.push(`${at}: ${problem}`);
      }
    }
  }
  console.log(`matrix of fields: ${tried} writes by ${callers.length} principals in ${requests} requests, refused ${JSON.stringify(Object.fromEntries(codes))}, ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  expect(problems.slice(0, 40)).toEqual([]);
  expect(school.application.faults).toEqual([]);
}, 240_000);

test("AZ4 and everybody writes the fields that are theirs", async () => {
  const problems: string[] = [];
  let tried = 0;
  for (const caller of callers) {
    for (const { at, definition: { name: collection, version }, target, master } of seenBy(caller)) {
      for (const { name, row } of master && target.mayWrite ? rightfulChanges({ ...target, master }) : []) {
        const { status, codes } = await push(caller, [{ collection, version, id: master?.id ?? "", row }]);
        tried += 1;
        if (status !== 200 || codes.length > 0) problems.push(`${at}: ${name} was refused: ${status} ${codes.join()}`);
      }
    }
  }
  console.log(`writes of one's own fields: ${tried}`);
  expect(problems).toEqual([]);
  expect(tried).toBeGreaterThan(50);
}, 60_000);
