import { createSignal } from "solid-js";
import { problemOf, type SignInProblem } from "../sign-in-error.ts";

/** A form that asks the school for something: under way, done, or why not. One question at a time. */
export function createForm() {
  const [busy, setBusy] = createSignal(false);
  const [done, setDone] = createSignal(false);
  const [problem, setProblem] = createSignal<SignInProblem | null>(null);
  const send = async (event: SubmitEvent, ask: () => Promise<unknown>): Promise<void> => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    try {
      await ask();
      setDone(true);
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  return { busy, done, problem, send, again: () => setDone(false) };
}
