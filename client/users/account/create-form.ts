import { createSignal } from "solid-js";
import { CodedError } from "@mochila/shared/errors.ts";
import { problemOf, type SignInProblem } from "../sign-in-error.ts";

/** What the school has against a new password: many have it, it is known of its person, or it is the one of before. */
const passwordProblems = ["common", "own", "same"] as const;
type PasswordProblem = (typeof passwordProblems)[number];
export type FormProblem = SignInProblem | `password_${PasswordProblem}`;

function formProblemOf(error: unknown): FormProblem {
  const said = error instanceof CodedError ? error.more.details?.["problem"] : undefined;
  const problem = passwordProblems.find((one) => one === said);
  return problem ? `password_${problem}` : problemOf(error);
}

/** A form that asks the school for something: under way, done, or why not. One question at a time. */
export function createForm() {
  const [busy, setBusy] = createSignal(false);
  const [done, setDone] = createSignal(false);
  const [problem, setProblem] = createSignal<FormProblem | null>(null);
  const send = async (event: SubmitEvent, ask: () => Promise<unknown>): Promise<void> => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    try {
      await ask();
      setDone(true);
    } catch (error) {
      setProblem(formProblemOf(error));
    }
    setBusy(false);
  };
  return { busy, done, problem, send, again: () => setDone(false) };
}
