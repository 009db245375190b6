import { createSignal } from "solid-js";

/**
 * What the school answers to a question; undefined until it has. Unlike a resource it takes nothing from who waits for it: under a resource that asks anew a page
 * is taken away until the answer comes, with the field that somebody types in, and the way to a page waits for what stands at its end.
 * Of answers that overtake each other the last question's counts. `question` says itself what stands for no answer.
 */
export function createAsked<Answer>(question: () => Promise<Answer>) {
  const [answer, setAnswer] = createSignal<Answer>();
  let asked = 0;
  const again = async (): Promise<void> => {
    asked += 1;
    const own = asked;
    const next = await question();
    if (own === asked) setAnswer(() => next);
  };
  /** The answer to a question that stands from now on, such as a decision. */
  const put = (next: Answer): void => {
    asked += 1;
    setAnswer(() => next);
  };
  void again();
  return { answer, again, put };
}
