// Mistakes that somebody could make, and the test that must notice each. The text to find stands exactly once in its file.

const sync = (name) => `sync-server/sync/${name}`;

/** `thread`: a program that a thread loads from the disk. @typedef {{ file: string, find: string, replace: string, thread?: boolean }} Edit */
/** @type {readonly { id: string, what: string, edits: readonly Edit[], test: string, title: string, simulation?: "first" | "second", slow?: boolean, listed?: boolean, route?: string }[]} */
export const bugs = [
  {
    id: "sequence-only-cursor", listed: true, what: "reads to the newest number, whatever older transaction still runs", simulation: "first",
    edits: [{ file: sync("horizon.ts"), find: "select pg_snapshot_xmin(pg_current_snapshot())::text as horizon", replace: "select pg_snapshot_xmax(pg_current_snapshot())::text as horizon" }],
    test: sync("pull.pg.test.ts"), title: "F5 waits for an older transaction",
  },
  {
    id: "order-by-sequence", listed: true, what: "filters by the horizon, orders by the sequence",
    edits: [
      { file: sync("change-feed.ts"), find: "order by entry.xid, entry.seq limit cursor.size", replace: "order by entry.seq limit cursor.size" },
      { file: sync("change-feed.ts"), find: "order by cursor.place, feed.xid, feed.seq", replace: "order by cursor.place, feed.seq" },
    ],
    test: sync("feed-order.pg.test.ts"), title: "F5 24 writers",
  },
  {
    id: "horizon-after-rows", listed: true, what: "takes the horizon of a later moment than the rows", simulation: "first",
    edits: [
      { file: sync("pull.ts"), find: "page.position = { drained: position.walk.target,", replace: "page.position = { drained: BigInt((await sql`select pg_snapshot_xmin(pg_current_snapshot())::text as now`)[0].now)," },
    ],
    test: sync("feed-order.pg.test.ts"), title: "F5 24 writers",
  },
  {
    id: "moved-document-sent", what: "a document that was written, or hidden, since the walk found it is not noticed",
    edits: [{ file: sync("load-documents.ts"), find: "if (puts.length !== (rows[0]?.found ?? 0)) throw new Moved();", replace: "" }],
    test: sync("pull.pg.test.ts"), title: "F6 a module that is hidden",
  },
  {
    id: "news-not-followed", what: "what was seen of the feed once is taken for what stands there", simulation: "first",
    edits: [{ file: sync("latest-changes.ts"), find: "if (known !== undefined && known < BigInt(xid))", replace: "if (known === null)" }],
    test: sync("latest-changes.pg.test.ts"), title: "what another process writes",
  },
  {
    id: "late-reading-kept", what: "a look into the feed is kept, though others have followed it further meanwhile",
    edits: [{ file: sync("latest-changes.ts"), find: "if (this.#through === standing.horizon && this.#history === historyOf(standing)) this.#keep(learned);", replace: "this.#keep(learned);" }],
    test: sync("latest-changes.pg.test.ts"), title: "a reading from before",
  },
  {
    id: "short-page", listed: true, what: "a page that is exactly full is taken for the last one",
    edits: [{ file: sync("pull.ts"), find: "limit: limit + 1 - steps.length", replace: "limit: limit - steps.length" }],
    test: sync("pull.pg.test.ts"), title: "F3 cuts pages by documents",
  },
  {
    id: "forbidden-push-unanswered", listed: true, what: "a refused row is answered by no master",
    edits: [{ file: sync("push.ts"), find: `const told = decision.kind === "reject" || `, replace: "const told = " }],
    test: sync("push.pg.test.ts"), title: "P7 answers the master when a student",
  },
  {
    id: "invalid-row-throws", listed: true, what: "one bad row ends the whole request",
    edits: [{ file: sync("decide.ts"), find: `if (row.kind === "invalid") return reject("row_invalid", row.message);`, replace: `if (row.kind === "invalid") throw new Error(row.message);` }],
    test: sync("push.pg.test.ts"), title: "P1 an id that only looks like one harms no other row",
  },
  {
    id: "row-version-compare", listed: true, what: "an edit with an old base is a conflict, not a merge",
    edits: [{ file: sync("decide.ts"), find: `  if (applied) return { kind: "answer" };\n  const base`, replace: `  if (applied || row.base?.["rev"] !== master.rev) return { kind: "answer" };\n  const base` }],
    test: sync("push.pg.test.ts"), title: "P6 merges edits of different fields",
  },
  {
    id: "no-removal-on-unpublish", listed: true, what: "a document that leaves a scope leaves no mark there", simulation: "first",
    edits: [{ file: sync("feed-entries.ts"), find: "if (!now.has(scope)) entries.push", replace: "if (after === null) entries.push" }],
    test: sync("pull.pg.test.ts"), title: "V1 unpublishing removes it",
  },
  {
    id: "removal-of-what-is-visible", listed: true, what: "removes what another scope still gives", simulation: "first",
    edits: [{
      file: sync("change-feed.ts"),
      find: "and (entry.op = 'P' or entry.xid >= cursor.known)\n        and not exists (",
      replace: "and (entry.op = 'P' or entry.xid >= cursor.known)\n        or entry.doc_id is null and not exists (",
    }],
    test: sync("pull.pg.test.ts"), title: "V2 the loss of one scope",
  },
  {
    id: "removal-by-last-change", listed: true, what: "a lost scope's document stays if it was edited after the loss", simulation: "first",
    edits: [{ file: sync("change-feed.ts"), find: "and entry.first_xid <= cursor.lost", replace: "and entry.xid <= cursor.lost" }],
    test: sync("pull.pg.test.ts"), title: "G2 a lost scope's documents are removed",
  },
  {
    id: "loss-by-own-number", what: "a loss is bounded by its own transaction number; a push that still saw the grant has a higher one",
    edits: [{ file: "sync-server/access/grants.ts", find: "set to_xid = greatest(pg_current_xact_id(), (pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)::text::xid8)", replace: "set to_xid = pg_current_xact_id()" }],
    test: "sync-server/access/grants.pg.test.ts", title: "G6 a document that was pushed while",
  },
  {
    id: "loss-does-not-wait", what: "a loss does not wait for the pushes that still saw the grant",
    edits: [{ file: "sync-server/access/grants.ts", find: "  await lockRights(transaction, userIds);\n", replace: "" }],
    test: "sync-server/access/grants.pg.test.ts", title: "G6 a document that was pushed while",
  },
  {
    id: "scopes-cached", listed: true, what: "who holds what is remembered between requests", simulation: "first",
    edits: [{ file: sync("horizon.ts"), find: "const held = all.filter(({ to }) => to === null);", replace: "const cache = (globalThis.heldBy ??= new Map());\n  const held = cache.get(userId) ?? cache.set(userId, all.filter(({ to }) => to === null)).get(userId);" }],
    test: sync("pull.pg.test.ts"), title: "A6 a grant and its loss",
  },
  {
    id: "superseded-retry-accepted", listed: true, what: "26: the retry of a superseded write is told accepted", simulation: "first",
    edits: [{ file: sync("decide.ts"), find: `  if (applied) return { kind: "answer" };\n  const base`, replace: `  if (applied) return { kind: "accepted" };\n  const base` }],
    test: sync("push.pg.test.ts"), title: "P3 answers the master to the retry",
  },
  {
    id: "foreign-checkpoint-believed", what: "a checkpoint of another person or history counts",
    edits: [{ file: sync("checkpoint.ts"), find: "const bound = mark === owner ? horizon : ended.get(mark);", replace: "const bound = mark === owner ? horizon : (ended.get(mark) ?? horizon);" }],
    test: sync("checkpoint.test.ts"), title: "",
  },
  {
    id: "right-from-checkpoint", listed: true, what: "the scope that a checkpoint names is read, held or not (in the place of a checkpoint without a signature, DECISIONS 12)",
    edits: [{
      file: sync("change-feed.ts"),
      find: "  const open = requests.flatMap((request, index) =>\n    held\n",
      replace: "  const open = requests.flatMap((request, index) =>\n    (request.position.walk.place.part === \"given\" ? [{ scope: request.position.walk.place.scope, from: 0n, to: null, known: 0n }] : held)\n",
    }],
    test: sync("pull.pg.test.ts"), title: "A1 gives nobody anything",
  },
  {
    id: "hidden-field", listed: true, what: "what is hidden goes to everybody with a field that says so",
    edits: [{ file: "shared/pages/schema.ts", find: `item.state === "published" : !item.withheld)`, replace: `item.state === "published" : true)` }],
    test: "sync-server/pages/module-standing.pg.test.ts", title: "V4",
  },
  {
    id: "lost-write-unasked", what: "nobody asks whether the last write that was taken is there",
    edits: [{ file: sync("pull.ts"), find: "      await requireTaken(sql, taken);\n", replace: "" }],
    test: sync("restore.pg.test.ts"), title: "E3 a device that was closed",
  },
  {
    id: "era-of-the-first-request", what: "a server believes that the store of its first request is the one that it was started with",
    edits: [
      { file: sync("eras.ts"), find: "    this.#startedAt = startedAt;\n", replace: "    this.#startedAt = null;\n" },
      { file: sync("eras.ts"), find: "    if (moment.startedAt !== this.#startedAt)", replace: "    this.#startedAt ??= moment.startedAt;\n    if (moment.startedAt !== this.#startedAt)" },
    ],
    test: sync("restore.pg.test.ts"), title: "nobody had asked",
  },
  {
    id: "file-by-hash", listed: true, what: "who knows the hash of a file gets it",
    edits: [
      { file: "sync-server/files/routes.ts", find: "  if (!isUuid(id)) return null;\n  const file = await findFile(sql, id);", replace: "  const file = await findFile(sql, id);" },
      { file: "sync-server/files/file-reference.ts", find: "from file_ref where id = ${id}::uuid`;\n  if (!row) return null;", replace: "from file_ref where id::text = ${id} or encode(hash, 'hex') = ${id}`;\n  if (!row) return null;" },
    ],
    test: "sync-server/files/files.pg.test.ts", title: "a hash opens nothing",
  },
  {
    id: "batch-rebuilt-on-retry", listed: true, what: "a sealed batch that is sent again is read anew, with what came since",
    edits: [
      { file: "sync-server/activity/sealed-batches.ts", find: " and (xid, seq) <= (${range.toXid}::xid8, ${range.toSeq}::bigint))\n", replace: ")\n" },
      { file: "sync-server/activity/sealed-batches.ts", find: "  assert(read && read.rowCount === range.rowCount && read.hash.equals(range.hash),", replace: "  assert(read," },
    ],
    test: "sync-server/activity/forwarder.pg.test.ts", title: "E-21",
  },
  {
    id: "lateness-by-device-clock", listed: true, what: "when something happened is what the device's clock says",
    edits: [{ file: "sync-server/activity/estimate-times.ts", find: "clamp(event.at + skew,", replace: "clamp(event.at," }],
    test: "sync-server/activity/estimate-times.test.ts", title: "E-10",
  },
  {
    id: "wipe-with-pending-work", listed: true, what: "a sign-out deletes what is on the device, unsent work with it",
    edits: [{ file: "client/users/session.ts", find: "      await close(\"sign-out\");\n", replace: "      const was = state();\n      await close(\"sign-out\");\n      if (was.kind === \"open\") await forgetPerson(was.user.id);\n" }],
    test: "e2e/device/sign-out.test.ts", title: "",
  },
  {
    id: "page-before-answers", what: "a page does not wait for the answers of the pushes before it",
    edits: [{ file: "client/sync/replicate.ts", find: "          await state.internalReplicationState?.streamQueue.up;\n", replace: "" }],
    test: "e2e/device/replicated-documents.test.ts", title: "D1",
  },
  {
    id: "synced-on-arrival", what: "synced is said when the pages have arrived",
    edits: [{ file: "client/sync/replicate.ts", find: "void replication?.streamQueue.down.then(() => replication.checkpointQueue).then(() => onEnd(collection.name));", replace: "onEnd(collection.name);" }],
    test: "e2e/device/replicated-documents.test.ts", title: "D9",
  },
  {
    id: "first-pages-of-before", what: "after a restore the first pages that were asked for before it are taken (253d95d)",
    edits: [{ file: "client/sync/leading.ts", find: "channels = makeChannels({});", replace: "channels = makeChannels({ first });" }],
    test: "e2e/device/restart.test.ts", title: "D10", slow: true,
  },
  {
    id: "restored-in-silence", what: "a device that is told of a restore begins anew and offers nothing",
    edits: [{ file: "client/sync/offer-again.ts", find: "  await offerAgain(taken, options);\n  await options.onRestored();\n", replace: "" }],
    test: "e2e/device/restart.test.ts", title: "D10", slow: true,
  },
  {
    id: "forgotten-before-offered", what: "the old checkpoints are forgotten before the lost work is offered: an app that is closed in between offers nothing",
    edits: [
      { file: "client/sync/offer-again.ts", find: "  await offerAgain(taken, options);\n  await options.onRestored();\n", replace: "" },
      { file: "client/sync/offer-again.ts", find: "  await options.keepForgotten([...options.forgotten].slice(-FORGOTTEN_MAX));\n", replace: "  await options.keepForgotten([...options.forgotten].slice(-FORGOTTEN_MAX));\n  await offerAgain(taken, options);\n  await options.onRestored();\n" },
    ],
    test: "e2e/device/restart.test.ts", title: "D10", slow: true,
  },
  {
    id: "offered-twice", what: "what a look for unsent work found is offered once more by its mark: after a conflict it undoes what others wrote",
    edits: [{ file: "client/sync/offer-unsent.ts", find: "    for (const document of page.documents) if (ids.has(idOf(document))) offered.add(revisionOf(document));\n", replace: "" }],
    test: "e2e/device/replicated-documents.test.ts", title: "is not offered once more", slow: true,
  },
  {
    id: "mark-gone-with-answer", what: "the mark of a write goes when its answer arrives, before the device has noted what became of it",
    edits: [{ file: "client/sync/noted-answers.ts", find: "    await replication.streamQueue.up;\n", replace: "" }],
    test: "e2e/device/replicated-documents.test.ts", title: "goes when the master stands", slow: true,
  },
  {
    id: "pulled-sent-back", what: "a document that was pulled before the app was closed is sent back as a change of the one before",
    edits: [{ file: "client/sync/replicate.ts", find: "const own = await ownRows(collection.storageInstance, rows);", replace: "await ownRows(collection.storageInstance, rows);\n          const own = rows;" }],
    test: "e2e/device/replicated-documents.test.ts", title: "D6 a pulled document is not sent", slow: true,
  },
  {
    id: "loss-between-looks", what: "a scope that was granted and lost again between two looks changes nothing",
    edits: [{ file: "sync-server/sync/horizon.ts", find: `tagOf("grants", String(lastLoss), `, replace: `tagOf("grants", String(lastLoss && 0), ` }],
    test: "sync-server/sync/pull.pg.test.ts", title: "G2 what a device pushed while it held",
  },
  {
    id: "held-taken-for-unsent", what: "a repair passes over documents that this device wrote, where its notes say that the server has another",
    edits: [{ file: "client/sync/replicate.ts", find: "if (repairs && replication) await", replace: "if (repairs && !replication) await" }],
    test: "e2e/device/replicated-documents.test.ts", title: "are mended", slow: true,
  },
  {
    id: "overwritten-taken-for-lost", what: "after a restore everything that is answered by a master is rescued",
    edits: [{ file: "client/sync/offer-again.ts", find: "if (row && isRefused(collection, row))", replace: "if (row)" }],
    test: "e2e/device/replicated-documents.test.ts", title: "D10",
  },
  {
    id: "push-with-half-of-the-seen", what: "a push says what those collections have seen that have asked by then",
    edits: [{ file: "client/sync/pull-channel.ts", find: "if (this.#options.collections?.every((name) => this.#reached.has(name)) ?? true) this", replace: "this" }],
    test: "client/sync/channels.test.ts", title: "E3 a push says",
  },
  {
    id: "last-write-not-kept", what: "the last write that was taken is said by no later request",
    edits: [{ file: "client/sync/outcome.ts", find: "          if (taken) await noteTaken(local, taken, clock);\n", replace: "" }],
    test: "e2e/device/last-taken.test.ts", title: "",
  },
  {
    id: "old-app-after-migration", listed: true, what: "an app of the version before opens stores that a newer one has moved, and writes into empty ones beside them",
    edits: [{ file: "client/db/known-stores.ts", find: `  if (known.some((store) => laterBy(store) > 0)) throw new FormConflict("newer");\n`, replace: "" }],
    test: "e2e/device/move-stores.test.ts", title: "W9",
  },
  {
    id: "merged-write-not-said", what: "a write that was merged counts for none, and a restore that loses it is not noticed", simulation: "second",
    edits: [{ file: "client/sync/last-taken.ts", find: "removes === true || master?._deleted)", replace: "removes === true || master)" }],
    test: "client/sync/last-taken.test.ts", title: "what was merged",
  },
  {
    id: "last-write-of-first-try", what: "a request that is tried again says what was last taken when it was first tried",
    edits: [{ file: "client/sync/request.ts", find: "  for (let attempt = 0; ; attempt += 1) {\n    const body = JSON.stringify(await bodyNow());\n", replace: "  const body = JSON.stringify(await bodyNow());\n  for (let attempt = 0; ; attempt += 1) {\n" }],
    test: "client/sync/channels.test.ts", title: "anew with each try",
  },
  {
    id: "gap-removes-what-changes", what: "the repair of a gap removes what its pages did not tell, whatever the server says",
    edits: [{ file: "client/sync/pull-channel.ts", find: "return should && sameHeld(should, heldOf(revs)) ?", replace: "return revs ?" }],
    test: "client/sync/channels.test.ts", title: "of a repair",
  },
  {
    id: "gap-counts-deletions", what: "what was deleted is counted as held",
    edits: [{ file: "client/sync/gaps.ts", find: "if (_deleted) revs.delete(id);\n      else revs.set(id, rev);", replace: "revs.set(id, rev);" }],
    test: "e2e/device/replicated-documents.test.ts", title: "D11",
  },
  {
    id: "mark-forgets-earlier", what: "a tab that dies between mark and write hides the unsent write before",
    edits: [{ file: "client/db/marks.ts", find: "before ? [...revsOf(before), mark.rev] : [mark.rev]", replace: "[mark.rev]" }],
    test: "e2e/device/outcomes.test.ts", title: "D5",
  },
  {
    id: "portal-takes-work", what: "a captive portal's answer counts as the server's word about the rows",
    edits: [{ file: "client/sync/request.ts", find: "(ours && FINAL_STATUS.has(reply.status))", replace: "FINAL_STATUS.has(reply.status)" }],
    test: "client/sync/channels.test.ts", title: "says nothing about the rows",
  },
  {
    id: "read-not-retried", what: "a read that failed on the device is not tried again",
    edits: [{ file: "client/db/retrying-storage.ts", find: "      instance.query = patient(instance.query);\n", replace: "" }],
    test: "client/db/retrying-storage.test.ts", title: "",
  },
  {
    id: "unsent-work-by-clock", what: "unsent work is found by the device's clock alone",
    edits: [{ file: "client/sync/offer-unsent.ts", find: "if (!checkpoint || ids.size === 0) return page;", replace: "if (!checkpoint || ids.size >= 0) return page;" }],
    test: "e2e/device/replicated-documents.test.ts", title: "D7",
  },
  {
    id: "origin-not-kept", what: "a pulled row does not say that it was pulled",
    edits: [{ file: "client/db/origins.ts", find: "if (origin) document._meta", replace: "if (origin === null) document._meta" }],
    test: "e2e/device/replicated-documents.test.ts", title: "D6",
  },
  {
    id: "full-disk-not-retried", what: "a write that failed on the device is not tried again",
    edits: [{ file: "client/db/retrying-storage.ts", find: "isFinal: (error) => Boolean(closing.closed) || isMistake(error),", replace: "isFinal: () => true," }],
    test: "client/db/retrying-storage.test.ts", title: "",
  },
  {
    id: "compaction-to-highest-id", listed: true, what: "compaction deletes up to the highest id that it merged",
    edits: [
      { file: "sync-server/collab/snapshot.ts", find: "DELETE FROM ydoc_update WHERE id = ANY(${ids}::bigint[])", replace: "DELETE FROM ydoc_update WHERE room = ${room} AND id <= ${String(Math.max(...ids.map(Number)))}::bigint" },
      { file: "sync-server/collab/snapshot.ts", find: "if (deleted.count !== ids.length) throw another;", replace: "" },
    ],
    test: "sync-server/collab/snapshot.pg.test.ts", title: "RO-8 an update",
  },
  {
    id: "load-in-two-statements", listed: true, what: "a room's snapshot and its log are read one after the other",
    edits: [{
      file: "sync-server/collab/store.ts",
      find: "WHERE room = ${room}) AS u\n    LEFT JOIN ydoc_snapshot s ON s.room = ${room}`;\n  return toStored(row);",
      replace: "WHERE false) AS u\n    LEFT JOIN ydoc_snapshot s ON s.room = ${room}`;\n  const [log] = await sql<Pick<Row, \"ids\" | \"log\">[]>`SELECT string_agg(id::text, ',' ORDER BY id) AS ids, string_agg(int4send(octet_length(upd)) || upd, '' ORDER BY id) AS log FROM ydoc_update WHERE room = ${room}`;\n  return toStored(row && log && { ...row, ...log });",
    }],
    test: "sync-server/collab/snapshot.pg.test.ts", title: "RO-8 a compaction",
  },
  {
    id: "acknowledged-before-commit", listed: true, what: "an update is acknowledged before it is committed",
    edits: [{ file: "sync-server/collab/update-log.ts", find: "this.#waiting.push({ room, actor, upd, done });", replace: "this.#waiting.push({ room, actor, upd, done: () => undefined });\n    queueMicrotask(() => done(null));" }],
    test: "sync-server/collab/collab.pg.test.ts", title: "RO-2 nothing is acknowledged",
  },
  {
    id: "copy-tidies-up", what: "the copy on which updates are tried tidies up formats by itself: somebody's own tidying counts as known, is acknowledged and not stored",
    edits: [{ file: "sync-server/collab/yjs-worker.mjs", thread: true, find: "  const doc = makeExactDocument();", replace: "  const doc = new Y.Doc();" }],
    test: "sync-server/collab/update-decoder.test.ts", title: "RO-3 what an editor tidies",
  },
  {
    id: "events-with-new-ids", listed: true, what: "events that are sent again get new ids",
    edits: [{ file: "client/activity/queue.ts", find: "event: { ...event, seq: index + 1 }", replace: "event: { ...event, id: newRev(sources), seq: index + 1 }" }],
    test: "e2e/device/event-queue.test.ts", title: "with the same ids",
  },
  {
    id: "refresh-without-grace", listed: true, what: "parallel refreshes end the session",
    edits: [{ file: "sync-server/users/session-lifetime.ts", find: "(!arrived || now - rotatedAt <= REFRESH_GRACE_SECONDS * 1_000)", replace: "!arrived" }],
    test: "sync-server/users/session-lifetime.test.ts", title: "within 60 s",
  },
  {
    id: "refresh-reuse-unnoticed", listed: true, what: "a stolen refresh token works beside the newer one",
    edits: [{ file: "sync-server/users/session-lifetime.ts", find: `  return "reuse";`, replace: `  return "repeat";` }],
    test: "sync-server/users/session-lifetime.test.ts", title: "is a theft",
  },
  {
    id: "audience-unchecked", listed: true, what: "a token that was made for somebody else opens our doors",
    edits: [{ file: "sync-server/users/access-token.ts", find: "issuer: ISSUER, audience: AUDIENCE,", replace: "issuer: ISSUER," }],
    test: "sync-server/users/sessions.pg.test.ts", title: "no other audience",
  },
  {
    id: "hint-for-everybody", slow: true, what: "everybody is hinted about everything: what others do is heard",
    edits: [{ file: sync("stream.ts"), find: "if ([...scopes].some((scope) => this.held.has(scope))) this.#sendHint();", replace: "this.#sendHint();" }],
    test: "e2e/hostile/non-interference.pg.test.ts", title: "S-03",
  },
  {
    id: "count-of-everything", slow: true, what: "what a device should hold is counted over the whole school",
    edits: [{ file: sync("held.ts"), find: "select distinct doc_id from scope_doc where scope_id = any(${scopes}::bigint[]) and coll", replace: "select distinct doc_id from scope_doc where coll" }],
    test: "e2e/hostile/non-interference.pg.test.ts", title: "S-03",
  },
  {
    id: "history-tells-of-existence", slow: true, what: "what is not there is answered in another way than what is not yours",
    edits: [{ file: sync("history.ts"), find: "  if (!place || !definition.mayReadHistory(actor, place)) throw forbidden();", replace: `  if (!place) throw new CodedError("not_found", "There is no such document.");\n  if (!definition.mayReadHistory(actor, place)) throw forbidden();` }],
    test: "e2e/hostile/non-interference.pg.test.ts", title: "S-03",
  },
  {
    id: "account-told-at-sign-up", slow: true, what: "a sign-up says that somebody has the e-mail",
    edits: [{ file: "sync-server/users/accounts.ts", find: "      if (known && known.email_verified_at !== null) return this.#send(transaction, known, {", replace: `      if (known) throw new CodedError("forbidden", "Somebody has this e-mail.");\n      if (known) return this.#send(transaction, known, {` }],
    test: "e2e/hostile/non-interference.pg.test.ts", title: "S-03",
  },
  {
    id: "draft-for-members", slow: true, what: "a module that is not published reaches those who are in the course",
    edits: [{ file: "shared/courses/module.ts", find: `module.state === "published" ? courseScope(module.courseId) : staffScope(module.courseId)`, replace: "courseScope(module.courseId)" }, ],
    test: "e2e/hostile/non-interference.pg.test.ts", title: "S-03",
  },
  {
    id: "checkpoint-moved-by-others", slow: true, what: "whether a checkpoint comes along depends on what was written of everybody",
    edits: [{
      file: sync("pull.ts"), find: "    if (page.steps.length === 0) {\n",
      replace: "    const [all] = await sql`select count(*)::int as written from scope_doc where coll = ${page.definition.number}`;\n    if (page.steps.length === 0 && Number(all?.['written']) % 2 === 1) {\n      results.push({ collection, documents: [], checkpoint: encodePosition(standing.owner, page.position), more: false });\n      continue;\n    }\n    if (page.steps.length === 0) {\n",
    }],
    test: "e2e/hostile/non-interference.pg.test.ts", title: "S-03",
  },
  {
    id: "administration-for-everybody", what: "an administrator's route is open to everybody who is signed in", slow: true, route: "api/admin/people$",
    edits: [{ file: "sync-server/admin/routes.ts", find: `method: "GET", path: "/api/admin/people", access: "administrator"`, replace: `method: "GET", path: "/api/admin/people", access: "person"` }],
    test: "sync-server/authorization/matrix.pg.test.ts", title: "AZ1",
  },
  {
    id: "assistants-teach", what: "who may teach is mistaken for staff", slow: true, route: "members$",
    edits: [{ file: "sync-server/courses/course-deps.ts", find: "!mayTeach(actor, courseId) &&", replace: "!actor.courses.get(courseId)?.match(/instructor|assistant/) &&" }],
    test: "sync-server/authorization/matrix.pg.test.ts", title: "AZ1",
  },
  {
    id: "any-course", what: "whoever teaches something may change who is in any course", slow: true, route: "members$",
    edits: [{ file: "sync-server/courses/course-deps.ts", find: "!mayTeach(actor, courseId) &&", replace: "![...actor.courses.values()].includes(\"instructor\") &&" }],
    test: "sync-server/authorization/matrix.pg.test.ts", title: "AZ1",
  },
  {
    id: "rooms-for-everybody", what: "a page's room lets in whoever knows its name, also who left the course", slow: true, route: "collab",
    edits: [{ file: "sync-server/collab/room-access.ts", find: "return isStaff(actor, courseId) ? { courseId, write: mayTeach(actor, courseId) } : null;", replace: "return { courseId, write: mayTeach(actor, courseId) };" }],
    test: "sync-server/authorization/matrix.pg.test.ts", title: "AZ1",
  },
  {
    id: "files-of-any-course", what: "a picture is read by whoever knows its reference", slow: true, route: "files",
    edits: [{ file: "sync-server/files/file-reference.ts", find: `if (file.scope !== "c" || !isMember(actor, file.courseId)) return false;`, replace: `if (file.scope !== "c") return false;` }],
    test: "sync-server/authorization/matrix.pg.test.ts", title: "AZ1",
  },
  {
    id: "origin-unchecked", what: "a request that changes something may come from any site", slow: true,
    edits: [{ file: "sync-server/http/route-access.ts", find: `if (method !== "GET" && method !== "HEAD") checkOrigin(guards.origin, headers);`, replace: "" }],
    test: "sync-server/authorization/cross-site.pg.test.ts", title: "AZ3",
  },
  {
    id: "server-fields-from-devices", what: "a device may write what only the server writes", slow: true, route: "^(group of a member|edition)",
    edits: [
      { file: sync("decide.ts"), find: `if (writerOf(definition, name) === "client" || sameValue`, replace: `if (writerOf(definition, name) !== "creation" || sameValue` },
      { file: "shared/sync/merge.ts", find: `rule?.writer === "client" ?`, replace: `rule?.writer !== "creation" ?` },
    ],
    test: "sync-server/authorization/fields.pg.test.ts", title: "AZ4 nobody",
  },
  {
    id: "server-fields-after-restore", what: "what a device offers again after a restore takes its copies of the server's fields along", slow: true, route: "^group of a member",
    edits: [{ file: "shared/sync/merge.ts", find: `rule?.writer === "client" ?`, replace: `rule?.writer === "client" || again ?` }],
    test: "sync-server/authorization/fields.pg.test.ts", title: "AZ4 nobody",
  },
  {
    id: "creation-fields-changeable", what: "what is set at the creation can be changed afterwards: a document moves into another course", slow: true, route: "^(module|progress|draft)",
    edits: [
      { file: sync("decide.ts"), find: `if (writerOf(definition, name) === "client" || sameValue`, replace: `if (writerOf(definition, name) !== "server" || sameValue` },
      { file: "shared/sync/merge.ts", find: `rule?.writer === "client" ?`, replace: `rule?.writer !== "server" ?` },
    ],
    test: "sync-server/authorization/fields.pg.test.ts", title: "AZ4 nobody",
  },
  {
    id: "progress-of-others", what: "progress can be made in somebody else's name", slow: true, route: "^progress",
    edits: [{ file: "shared/progress/schema.ts", find: "next.userId === actor.userId && isMember(actor, next.courseId)", replace: "isMember(actor, next.courseId)" }],
    test: "sync-server/authorization/fields.pg.test.ts", title: "AZ4 nobody",
  },
  {
    id: "groups-of-an-archive", what: "staff arrange the groups of a course that is archived", slow: true, route: "^group",
    edits: [{ file: "shared/access/actor.ts", find: "isStaff(actor, courseId) && !isArchived(actor, courseId)", replace: "isStaff(actor, courseId)" }],
    test: "sync-server/authorization/fields.pg.test.ts", title: "AZ4 nobody",
  },
];
