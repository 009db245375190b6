import { PULL_PATH } from "@mochila/client/sync/pull-channel.ts";
import type { Reply, Send } from "@mochila/client/sync/request.ts";
import { CodedError, errorCodes } from "@mochila/shared/errors.ts";
import { NEXT_PAGES_HEADER, nextPagesOf, PullRequest } from "@mochila/shared/sync/pull.ts";
import { PushRequest } from "@mochila/shared/sync/push.ts";
import type { TestSchool } from "@mochila/sync-server/sync/test-school.ts";
import type { Seeded } from "./seeded.ts";

/** How often each thing happened; a run in which one of them never did has shown nothing. */
export interface Tally {
  requests: number;
  disconnects: number;
  lostAnswers: number;
  duplicates: number;
  conflicts: number;
  rejections: number;
  crashes: number;
  writeFailures: number;
  revocations: number;
  unpublications: number;
}

export interface LinkState {
  online: boolean;
  /** Off while everything heals. */
  faults: boolean;
}

export interface LinkOptions {
  readonly school: TestSchool;
  readonly userId: string;
  readonly random: Seeded;
  readonly tally: Tally;
  readonly state: LinkState;
  /** Sees every document that leaves the server for this person. */
  watch(collection: string, document: Record<string, unknown>): void;
}

class NetworkFailure extends Error {}

const reply = (status: number, body: string, headers: Record<string, string> = {}): Reply => ({ status, headers: { get: (name) => headers[name] ?? null }, json: () => Promise.resolve(JSON.parse(body) as unknown) });

/**
 * What lies between the device and the real core of the server: JSON both ways, and a seeded chance that a request is lost, sent
 * twice, answered into the void after the server has committed, cut short, or late.
 */
export function faultyLink({ school, userId, random, tally, state, watch }: LinkOptions): Send {
  const serve = async (path: string, text: string): Promise<Reply> => {
    try {
      if (path !== PULL_PATH) return reply(200, JSON.stringify(await push(text)));
      const answer = await pull(text);
      return reply(200, JSON.stringify(answer), { [NEXT_PAGES_HEADER]: JSON.stringify(nextPagesOf(answer)) });
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return reply(errorCodes[error.code].status, JSON.stringify({ error: { code: error.code, message: error.message } }));
    }
  };
  const pull = async (text: string) => {
    const answer = await school.sync.pull(userId, PullRequest.parse(JSON.parse(text)));
    for (const { collection, documents } of answer.results) for (const document of documents ?? []) watch(collection, document);
    return answer;
  };
  const push = async (text: string) => {
    const { response } = await school.sync.push(await school.actor(userId), PushRequest.parse(JSON.parse(text)));
    for (const { collection, conflicts, rejected } of response.results) {
      tally.conflicts += conflicts.length;
      tally.rejections += rejected.length;
      for (const document of conflicts) watch(collection, document);
    }
    return response;
  };
  const fails = (probability: number) => state.faults && random.chance(probability);
  const broken = (): never => {
    tally.disconnects += 1;
    throw new NetworkFailure("the connection broke");
  };
  return async (path, { body }) => {
    tally.requests += 1;
    if (!state.online || fails(0.08)) broken();
    if (fails(0.3)) await new Promise((resolve) => setTimeout(resolve, random.below(6)));
    if (fails(0.06)) {
      tally.duplicates += 1;
      const [first, second] = await Promise.all([serve(path, body), serve(path, body)]);
      return random.chance(0.5) ? first : second;
    }
    const answer = await serve(path, body);
    if (!state.online || fails(0.1)) {
      tally.lostAnswers += 1;
      broken();
    }
    return fails(0.03) ? { ...answer, json: () => Promise.reject(new SyntaxError("cut short")) } : answer;
  };
}
