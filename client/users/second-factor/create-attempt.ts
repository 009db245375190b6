import { createSignal } from "solid-js";
import { CodedError } from "@mochila/shared/errors.ts";
import { useWords } from "../../i18n/words.ts";
import { problemOf } from "../sign-in-error.ts";
import { PasskeyProblem } from "./passkey.ts";
import { said } from "./words.ts";

/** One thing asked at a time: under way, and in words why it did not work. `wrong`: what a refused proof means here. */
export function createAttempt() {
  const words = useWords();
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  const sentence = (error: unknown, wrong: string): string => {
    if (error instanceof PasskeyProblem) return said(`factor.problem_${error.kind}`);
    if (error instanceof CodedError && (error.code === "session_ended" || error.code === "forbidden")) return said("factor.problem_ended");
    const kind = problemOf(error);
    return kind === "wrong" ? wrong : words(`users.problem_${kind}`);
  };
  const run = async (work: () => Promise<unknown>, wrong: string): Promise<void> => {
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    try {
      await work();
    } catch (error) {
      setProblem(sentence(error, wrong));
    }
    setBusy(false);
  };
  return { busy, problem, run, clear: () => setProblem(null), say: (text: string) => setProblem(text) };
}

export type Attempt = ReturnType<typeof createAttempt>;
