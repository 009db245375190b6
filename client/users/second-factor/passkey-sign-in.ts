import { useWords } from "../../i18n/words.ts";
import { callOrUnavailable } from "../account-call.ts";
import type { SessionControl } from "../session-control.ts";
import { problemOf } from "../sign-in-error.ts";
import { PasskeyProblem, provePasskey } from "./passkey.ts";
import { said } from "./words.ts";

/** A passkey in the place of e-mail and password. Answers why it did not work, or null. */
export async function signInWithPasskey(session: SessionControl, sharedComputer: boolean): Promise<string | null> {
  try {
    await session.enter("/api/auth/passkey", { credential: await provePasskey(callOrUnavailable("/api/auth/passkey/begin", { method: "POST" })), ...(sharedComputer && { sharedComputer }) });
    return null;
  } catch (error) {
    if (error instanceof PasskeyProblem) return said(`factor.problem_${error.kind}`);
    const kind = problemOf(error);
    return kind === "wrong" ? said("factor.problem_unknown") : useWords()(`users.problem_${kind}`);
  }
}
