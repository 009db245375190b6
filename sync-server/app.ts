import type { Server } from "node:http";
import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { collections } from "@mochila/shared/registry.ts";
import type { Hono } from "hono";
import { loadActor } from "./access/actor.ts";
import { Forwarder } from "./activity/forwarder.ts";
import { countWaiting } from "./activity/sealed-batches.ts";
import { createHealth } from "./admin/health.ts";
import { InvitationLinks } from "./admin/invitation-links.ts";
import { PersonActions } from "./admin/person-actions.ts";
import { adminCourseRoutes } from "./admin/course-routes.ts";
import { actingRoutes } from "./admin/acting-routes.ts";
import { adminRoutes } from "./admin/routes.ts";
import { schoolRoutes } from "./admin/school-routes.ts";
import { activityRoutes } from "./activity/routes.ts";
import { keepRoot } from "./audit/audit-roots.ts";
import { SEAL_EVERY_MS, sealBatch } from "./audit/audit-sealer.ts";
import { CollabServer } from "./collab/collab-server.ts";
import { collabRoutes } from "./collab/routes.ts";
import type { Config } from "./config.ts";
import { courseStanding } from "./courses/course-standing.ts";
import { endPlaces } from "./courses/ended-places.ts";
import { fillFreeSeats } from "./courses/waiting.ts";
import { moduleStanding } from "./pages/module-standing.ts";
import { courseRoutes } from "./courses/routes.ts";
import type { Database } from "./db/database.ts";
import type { BlobStore } from "./files/blob-store.ts";
import { collectBlobs } from "./files/collect-blobs.ts";
import { shareFiles } from "./files/file-reference.ts";
import { fileRoutes } from "./files/routes.ts";
import { Housekeeping, SELDOM, SOON } from "./housekeeping.ts";
import { createApplication } from "./http/application.ts";
import { gatewaysOf } from "./http/remote-address.ts";
import { Metrics } from "./http/metrics.ts";
import { openApiRoutes } from "./http/open-api.ts";
import { operatorRoutes } from "./http/operator-routes.ts";
import { sweepImports } from "./imports/import-summary.ts";
import { ImportWorker } from "./imports/import-worker.ts";
import { PeopleImports } from "./imports/people-imports.ts";
import { importRoutes } from "./imports/routes.ts";
import { isOurOrigin } from "./http/origin.ts";
import { sweepBuckets } from "./http/rate-bucket.ts";
import { noLimits } from "./http/rate-limit.ts";
import type { Route } from "./http/route.ts";
import { SharedRateLimiter } from "./http/shared-rate-limiter.ts";
import type { StaticFiles } from "./http/static-files.ts";
import type { Log } from "./log.ts";
import type { Mailbox } from "./mail/mailbox.ts";
import { sweepMail } from "./mail/mail-queue.ts";
import { Mailer } from "./mail/mailer.ts";
import { Closing } from "./own-data/closing.ts";
import { closingRoutes } from "./own-data/closing-routes.ts";
import { Exporter } from "./own-data/exporter.ts";
import { ownDataRoutes } from "./own-data/routes.ts";
import { mailPreviewRoutes } from "./mail/preview-routes.ts";
import { findPublishers } from "./pages/publishers.ts";
import { PublishWishes } from "./pages/publish-wish.ts";
import { reportsRoutes } from "./reports/routes.ts";
import type { HintCarrier } from "./sync/hint-carrier.ts";
import { createHints } from "./sync/hints.ts";
import { feedHorizonAge } from "./sync/horizon-age.ts";
import { syncRoutes } from "./sync/routes.ts";
import { createSync } from "./sync/sync.ts";
import { readDocuments, writeDocuments } from "./sync/write-documents.ts";
import { makeProvePassword } from "./users/own-password.ts";
import { CopyWorker } from "./transfer/copy-course.ts";
import { sweepCopies } from "./transfer/copy-job.ts";
import { copyRoutes } from "./transfer/copy-routes.ts";
import { openSessions } from "./users/open-sessions.ts";
import { pictureRoutes } from "./users/picture.ts";
import { decideForProduction } from "./users/school-settings.ts";
import { sweepTries } from "./users/sign-in-limit.ts";
import { sweepSessions } from "./users/sweep-sessions.ts";
import { sweepSignUps } from "./users/sweep-sign-ups.ts";
import { createUsers } from "./users/users.ts";
import { inParts, WorkLoop } from "./work-loop.ts";

export interface AppDependencies {
  readonly config: Pick<Config, "publicUrl" | "operatorToken" | "production" | "limits" | "dataDir" | "trustedProxies">;
  /** Where people reach this server, also on one's own machine. */
  readonly origin: string;
  /** Closed by `stop`. */
  readonly mailbox: Mailbox;
  /** Where letters lie that nobody sends, on a server that only its own machine reaches; null elsewhere. */
  readonly letterFolder: string | null;
  /** No mail server: administrators get the links of letters, to hand them on. */
  readonly handsOnLinks: boolean;
  readonly database: Database;
  /** Closed by `stop`. */
  readonly hintCarrier: HintCarrier;
  readonly analytics: Analytics;
  readonly blobs: BlobStore;
  readonly files: StaticFiles;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface App {
  readonly hono: Hono;
  /** Every address that exists; the authorization matrix is checked against it. */
  readonly routes: readonly Route[];
  /** After the migrations, before the first request. */
  start(): Promise<void>;
  /** Takes the sockets of the rooms; an upgrade to anything else is refused. */
  attachUpgrade(server: Server): void;
  /** The one-time token that opens an empty school, or null when somebody exists. */
  newSetUpToken(): Promise<string | null>;
  /** Refuses what is new, ends streams and sockets after what they sent is durable. Ordinary requests go on. */
  endLongAnswers(): Promise<void>;
  /** Ends all background work. */
  stop(): Promise<void>;
}

/** Without being woken: imports and copies that another instance left behind. */
const PARTS_LOOK_MS = 30_000;
/** Answers before the school is set up. */
const OPEN_BEFORE_SET_UP = /^\/(healthz|readyz|metrics|api\/setup|api\/openapi\.json|api\/docs)$/;
/** Answers while the server stops. It is not ready then: a gateway shall send people to another instance. */
const OPEN_TO_THE_END = /^\/(healthz|metrics)$/;
const STOPPING_RETRY_MS = 3_000;

/** What works behind the routes, each handed what it needs of the others. */
function createEngines({ config, origin, mailbox, letterFolder, handsOnLinks, database, hintCarrier, analytics, blobs, clock, random, log }: AppDependencies) {
  const hints = createHints({ carrier: hintCarrier, random, log });
  const wishes = new PublishWishes({ writeDocuments, readDocuments, shareFiles, database, clock, log, hints });
  const collab = new CollabServer({
    database, clock, random, log, hints,
    isOurOrigin: (from) => isOurOrigin({ publicUrl: config.publicUrl }, from),
    openSessions: (ids) => openSessions(database.sql, ids),
    onDurable: (rooms) => wishes.flushed(rooms),
  });
  const sync = createSync({ registry: collections, database, clock, random, log, hints, serverRules: [wishes, courseStanding, moduleStanding({ readDocuments, writeDocuments })], findAuthors: findPublishers });
  const mailer = new Mailer({ database, mailbox, clock, log });
  const exporter = new Exporter({ database, blobs, analytics, clock, random, log, origin, onLetter: () => mailer.wake() });
  const closing = new Closing({ database, clock, random, log, hints, origin, onLetter: () => mailer.wake() });
  const importer = new ImportWorker({ database, clock, random, hints, origin, onLetter: () => mailer.wake() });
  const copier = new CopyWorker({ database, clock, random, hints });
  const housekeeping = new Housekeeping({
    database, log, pace: SELDOM,
    tasks: { sync: () => sync.sweep(), blobs: () => collectBlobs({ database, blobs, clock }), sessions: () => sweepSessions(database, clock.now()), signUps: () => sweepSignUps(database.sql, clock.now()), mail: () => sweepMail(database.sql, clock.now()), closing: () => closing.closeDue(), limits: () => sweepBuckets(database.sql, clock.now()), tries: () => sweepTries(database.sql, clock.now()), imports: () => sweepImports(database.sql, clock.now()), copies: () => sweepCopies(database.sql, clock.now()), audit: () => keepRoot({ database, clock, log }, config.dataDir) },
  });
  const courses = { database, hints, clock, random, origin, onLetter: () => mailer.wake() };
  const limiter = config.limits ? new SharedRateLimiter({ sql: database.sql, clock, log }) : noLimits;
  const users = createUsers({ limiter, database, clock, random, log, hints, publicUrl: config.publicUrl, origin, onLetter: () => mailer.wake(), letters: handsOnLinks ? (letterFolder === null ? "none" : "preview") : "mail" });
  return {
    limiter, hints, wishes, collab, sync, housekeeping, courses,
    endings: new Housekeeping({ database, log, pace: SOON, tasks: { places: () => endPlaces(courses), seats: () => fillFreeSeats(courses), acting: () => users.acting.tellEnds() } }),
    forwarder: new Forwarder({ database, analytics, clock, random, log }),
    mailer,
    exporter,
    closing,
    auditSealer: new WorkLoop({ name: "audit.seal", log, work: inParts(() => sealBatch(database), SEAL_EVERY_MS), lookMsMax: SEAL_EVERY_MS }),
    imports: new WorkLoop({ name: "import", log, work: inParts(() => importer.step(), PARTS_LOOK_MS), lookMsMax: PARTS_LOOK_MS }),
    copies: new WorkLoop({ name: "copy", log, work: inParts(() => copier.step(), PARTS_LOOK_MS), lookMsMax: PARTS_LOOK_MS }),
    users,
    metrics: new Metrics([feedHorizonAge(database.sql)]),
  };
}

type Engines = ReturnType<typeof createEngines>;

function routesOf({ config, origin, letterFolder, handsOnLinks, database, analytics, blobs, clock, random }: AppDependencies, { users, sync, hints, forwarder, metrics, exporter, closing, imports, copies, courses }: Engines): Route[] {
  const health = createHealth({
    database, clock, dataDir: config.dataDir, sendsLetters: !handsOnLinks,
    reports: () => analytics.state().kind,
    countWaitingEvents: () => countWaiting(database.sql),
    feedHeldBackSeconds: async () => (await feedHorizonAge(database.sql).read()) ?? 0,
  });
  const links = new InvitationLinks({ database, clock, random, origin, handsOnLinks });
  const provePassword = makeProvePassword({ database, clock, accounts: users.accounts });
  const routes: Route[] = [
    ...users.routes,
    ...syncRoutes({ sync, hints }),
    ...courseRoutes(courses),
    ...fileRoutes({ database, blobs, clock }),
    ...collabRoutes({ database, random }),
    ...activityRoutes({ database, clock, onAccepted: () => forwarder.wake() }),
    ...reportsRoutes({ database, clock, analytics }),
    ...operatorRoutes({ metrics, checkReady: async () => void (await database.sql`select 1`) }),
    ...pictureRoutes({ database, blobs, hints, clock, random }),
    ...adminRoutes({ database, clock, links, sendsLetters: !handsOnLinks, people: new PersonActions({ database, clock, random, hints, accounts: users.accounts, factors: users.factors, provePassword, handsOnLinks }) }),
    ...actingRoutes({ acting: users.acting, check: users.check, provePassword }),
    ...closingRoutes({ closing, provePassword, check: users.check }),
    ...ownDataRoutes({ database, clock, random, provePassword, onAsked: () => exporter.wake() }),
    ...schoolRoutes({ database, clock, health }),
    ...adminCourseRoutes({ database, clock, hints }),
    ...copyRoutes({ database, clock, random, onWork: () => copies.wake() }),
    ...importRoutes({ database, imports: new PeopleImports({ database, clock, random, onWork: () => imports.wake() }), links }),
    ...(letterFolder === null ? [] : mailPreviewRoutes(letterFolder)),
    ...openApiRoutes(() => routes),
  ];
  return routes;
}

/** Puts engines and features together. The only file besides main that knows all of them. */
export function createApp(dependencies: AppDependencies): App {
  const { config, database, files, clock, random, log } = dependencies;
  const engines = createEngines(dependencies);
  const routes = routesOf(dependencies, engines);
  const { limiter } = engines;
  let stopping = false;
  const checkOpen = async (path: string) => {
    if (stopping && !OPEN_TO_THE_END.test(path)) throw new CodedError("unavailable", "The server is stopping.", { retryAfterMs: STOPPING_RETRY_MS });
    if (!OPEN_BEFORE_SET_UP.test(path) && (await engines.users.gate.isOpen())) throw new CodedError("unavailable", "This school waits for its first administrator; the link was printed at the start.");
  };
  const guards = {
    origin: { publicUrl: config.publicUrl },
    operatorToken: config.operatorToken,
    authenticate: (token: string) => engines.users.check.authenticate(token),
    loadActor: (userId: string) => loadActor(database.sql, userId),
  };
  return {
    hono: createApplication({ gateways: gatewaysOf(config.trustedProxies), routes, guards, files, limiter, metrics: engines.metrics, log, clock, random, checkOpen }),
    routes,
    newSetUpToken: () => engines.users.newSetUpToken(),
    endLongAnswers: async () => {
      stopping = true;
      engines.sync.streams.closeAll();
      await engines.collab.stop();
    },
    ...lifecycle(engines, async () => {
      if (config.production) await decideForProduction(database.sql);
    }),
  };
}

function lifecycle({ sync, hints, forwarder, wishes, collab, housekeeping, endings, mailer, exporter, auditSealer, imports, copies }: Engines, decide: () => Promise<void>): Pick<App, "start" | "attachUpgrade" | "stop"> {
  return {
    start: async () => {
      await decide();
      await sync.start();
      await hints.listen();
      await wishes.start();
      forwarder.start();
      housekeeping.start();
      endings.start();
      mailer.start();
      exporter.start();
      auditSealer.start();
      imports.start();
      copies.start();
    },
    attachUpgrade: (server) =>
      void server.on("upgrade", (request, socket, head) => {
        // Node lets go of a socket that asks for an upgrade: the next reset of it, unheard, would end the process, whoever sent it.
        socket.on("error", () => socket.destroy());
        if (!collab.upgrade(request, socket, head)) socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
      }),
    stop: async () => {
      await Promise.all([forwarder.stop(), wishes.stop(), housekeeping.stop(), endings.stop(), mailer.stop(), exporter.stop(), auditSealer.stop(), imports.stop(), copies.stop()]);
      await hints.close();
    },
  };
}
