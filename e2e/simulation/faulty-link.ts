import { PULL_PATH } from "@mochila/client/sync/pull-channel.ts";
import type { Reply, Send } from "@mochila/client/sync/request.ts";
import { errorCauses } from "@mochila/shared/error-causes.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { NEXT_PAGES_HEADER, nextPagesOf } from "@mochila/shared/sync/next-pages.ts";
import { PullRequest } from "@mochila/shared/sync/pull-request.ts";
import { PushRequest } from "@mochila/shared/sync/push-request.ts";
import { readPages } from "@mochila/sync-server/sync/pulled-pages.ts";
import type { Sync } from "@mochila/sync-server/sync/sync.ts";
import { runHeld } from "./held-pull.ts";
import type { Schedule } from "./schedule.ts";
import type { Seeded } from "./seeded.ts";
import type { Tally } from "./tally.ts";

export interface LinkState {
  online: boolean;
  /** Off while everything heals. */
  faults: boolean;
}

export interface LinkOptions {
  readonly sync: Sync;
  readonly schedule: Schedule;
  readonly userId: string;
  readonly random: Seeded;
  readonly tally: Tally;
  readonly state: LinkState;
  readonly name: string;
  /** What reached the server and how it answered, in order. */
  readonly trace: string[];
  /** What the server did not expect: a device would only try again. */
  readonly faults: string[];
  /** How often the server was put back: what was on its way then never arrives. */
  incarnation(): number;
  /** Sees every document that leaves the server for this person. */
  watch(collection: string, document: Record<string, unknown>): void;
}

class NetworkFailure extends Error {}

const reply = (status: number, body: string, headers: Record<string, string> = {}): Reply => ({ status, headers: { get: (name) => headers[name] ?? null }, json: () => Promise.resolve(JSON.parse(body) as unknown) });

/** The real core of the server behind JSON both ways. */
function server({ sync, userId, tally, watch, name, trace, faults, schedule }: LinkOptions): (path: string, text: string) => Promise<Reply> {
  const pull = async (text: string) => {
    const answer = readPages(await sync.pull(userId, PullRequest.parse(JSON.parse(text))));
    trace.push(`${schedule.clock.monotonic()} ${name} pull ${answer.results.map(({ documents = [] }) => documents.length).join(" ")}`);
    for (const { collection, documents } of answer.results) for (const document of documents ?? []) watch(collection, document);
    return answer;
  };
  const push = async (text: string) => {
    const { response } = await sync.push({ userId }, PushRequest.parse(JSON.parse(text)));
    trace.push(`${schedule.clock.monotonic()} ${name} push ${response.results.map(({ collection, conflicts, rejected }) => `${collection} ${conflicts.length}/${rejected.length}`).join(" ")}`);
    for (const { collection, conflicts, rejected } of response.results) {
      tally.conflicts += conflicts.length;
      tally.rejections += rejected.length;
      for (const document of conflicts) watch(collection, document);
    }
    return response;
  };
  return async (path, text) => {
    try {
      if (path !== PULL_PATH) return reply(200, JSON.stringify(await push(text)));
      const answer = await pull(text);
      return reply(200, JSON.stringify(answer), { [NEXT_PAGES_HEADER]: JSON.stringify(nextPagesOf(answer)) });
    } catch (error) {
      if (!(error instanceof CodedError)) {
        faults.push(String(error));
        return reply(500, "");
      }
      return reply(errorCauses[error.code].status, JSON.stringify({ error: { code: error.code, message: error.message } }));
    }
  };
}

/**
 * What lies between the device and the server: a seeded chance that a request is lost, comes twice, is overtaken, is held while it reads, or
 * is answered into the void after the server has committed, or cut short.
 */
export function faultyLink(options: LinkOptions): Send {
  const { schedule, random, tally, state, incarnation } = options;
  const serve = server(options);
  const fails = (probability: number) => state.faults && random.chance(probability);
  const travelMs = () => 1 + (fails(0.1) ? random.below(1_500) : random.below(30));
  const holdMs = () => {
    if (!fails(0.1)) return null;
    tally.heldPulls += 1;
    return 1 + random.below(400);
  };
  return (path, { body }) =>
    new Promise((resolve, reject) => {
      tally.requests += 1;
      const sentTo = incarnation();
      const breakOff = () => {
        tally.disconnects += 1;
        reject(new NetworkFailure("the connection broke"));
      };
      const deliver = (answer: Reply) => {
        if (!state.online || incarnation() !== sentTo || fails(0.1)) {
          tally.lostAnswers += 1;
          breakOff();
        } else resolve(fails(0.03) ? { ...answer, json: () => Promise.reject(new SyntaxError("cut short")) } : answer);
      };
      const work = async () => {
        if (incarnation() !== sentTo) return schedule.at(travelMs(), breakOff);
        const answer = await serve(path, body);
        schedule.at(travelMs(), () => deliver(answer));
      };
      const send = () => schedule.at(travelMs(), () => runHeld(schedule, () => work().catch(reject), holdMs));
      if (!state.online || fails(0.08)) return schedule.at(travelMs(), breakOff);
      send();
      if (!fails(0.06)) return;
      // The second copy may come when the device has long gone on.
      tally.duplicates += 1;
      send();
    });
}
