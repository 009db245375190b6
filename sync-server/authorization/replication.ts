import { newRev } from "@mochila/shared/kernel/ids.ts";
import { type CollectionName, collectionNamed } from "@mochila/shared/registry.ts";
import { ALWAYS, type Answer, type Declaration, IN_BODY, type Permission, type Place } from "./declaration.ts";
import { type Fields, type Kind, kinds } from "./documents.ts";

type Pulled = { readonly documents?: readonly { readonly id: string; readonly _deleted?: boolean }[] }[];

type Use = readonly [keyof Declaration, Permission];

function receiving(name: string, { collection, id, receives }: Kind): Use[] {
  const holds = ({ status, json }: Answer, place: Place): boolean =>
    status === 200 && (json["results"] as Pulled).some(({ documents = [] }) => documents.some((one) => one.id === id(place) && one._deleted !== true));
  const pull = { may: receives, on: IN_BODY, reached: holds } as const;
  return [
    [`POST /api/sync/pull (${name})`, { ...pull, send: () => ({ body: { pulls: [{ collection, checkpoint: null }] } }) }],
    // What somebody else's device had reached opens nothing, to nobody: it is no place of one's own.
    [`POST /api/sync/pull (${name}, with a checkpoint of staff)`, { ...pull, may: {}, refused: "epoch_changed", send: (_, { staffCheckpoint }) => ({ body: { pulls: [{ collection, checkpoint: staffCheckpoint(collection) }] } }) }],
  ];
}

const pushOf = (collection: CollectionName, row: Fields): { body: unknown } => ({ body: { pushes: [{ collection, version: collectionNamed(collection)?.version ?? 1, rows: [row] }] } });

function writing(name: string, { collection, id, standing, change, fresh, creates, changes, deletes }: Kind): Use[] {
  const push = { on: IN_BODY, refusedWrites: "what is refused is kept, so that its writer gets it back" } as const;
  const base = (place: Place): Fields => ({ ...standing(place), id: id(place), rev: newRev() });
  const watches = (place: Place) => ({ collection, id: id(place) });
  return [
    [`POST /api/sync/push (${name}: made)`, { ...push, may: creates, watches: (place) => ({ collection, id: fresh(place).id }), send: (place) => pushOf(collection, { newDocumentState: { ...fresh(place), rev: newRev() } }) }],
    [`POST /api/sync/push (${name}: changed)`, {
      ...push, may: changes, watches, send: (place) => pushOf(collection, { newDocumentState: { ...base(place), ...change, rev: newRev() }, assumedMasterState: base(place) }),
    }],
    [`POST /api/sync/push (${name}: deleted)`, { ...push, may: deletes, watches, send: (place) => pushOf(collection, { newDocumentState: { ...base(place), _deleted: true } }) }],
  ];
}

const readingHistory = (name: string, { collection, id, readsHistory }: Kind): Use =>
  [`GET /api/sync/history (${name})`, { may: readsHistory, on: IN_BODY, send: (place) => ({ query: { collection, id: id(place) } }) }];

/** The one door by which documents come and go, for each kind of them: sync-server/sync. */
export const replication: Declaration = {
  "GET /api/sync/stream": { may: { person: ALWAYS } },
  ...Object.fromEntries(Object.entries(kinds).flatMap(([name, kind]) => [...receiving(name, kind), ...writing(name, kind), readingHistory(name, kind)])),
};
