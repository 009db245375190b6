import { CodedError, type ErrorCode, isErrorCode } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { LocalDatabase } from "../db/local.ts";
import type { KeptAnswer, KeptAnswers } from "../person.ts";
import { readError } from "./request.ts";
import { getOverNetwork } from "./transport.ts";

interface KeptAnswersOptions {
  readonly local: Pick<LocalDatabase, "setting" | "set"> & { readonly settings: { delete(name: string): PromiseLike<void> } };
  readonly clock: Clock;
  accessToken(options: { renew: boolean }): Promise<string | null>;
}

const nameOf = (path: string): string => `answer:${path}`;

/** No network, a server that is away and a captive portal in its place are the same to the person: later. */
const away = () => new CodedError("unavailable", "the server cannot be reached");

const codeOf = (code: string): ErrorCode => (isErrorCode(code) ? code : "internal");

/**
 * Answers that only the server can give, such as reports: asked when they are wanted, and the last one stays on this device with its
 * age. What the person may no longer see is forgotten at the server's word.
 */
export function makeKeptAnswers({ local, clock, accessToken }: KeptAnswersOptions): KeptAnswers {
  const send = async (path: string, renew: boolean) => {
    const token = await accessToken({ renew });
    if (token === null) throw away();
    return getOverNetwork(path, token).catch(() => {
      throw away();
    });
  };
  return {
    kept: (path) => local.setting<KeptAnswer>(nameOf(path)),
    ask: async (path, { keep } = { keep: true }) => {
      let reply = await send(path, false);
      if (reply.status === 401) reply = await send(path, true);
      if (reply.status === 200) {
        const value = await reply.json().catch(() => {
          throw away();
        });
        const answer: KeptAnswer = { value, at: clock.now() };
        if (keep) await local.set(nameOf(path), answer);
        return answer;
      }
      const { ours, code, message } = await readError(reply);
      if (!ours) throw away();
      if (reply.status === 403) await local.settings.delete(nameOf(path));
      throw new CodedError(codeOf(code), message);
    },
  };
}
