import { Show } from "solid-js";
import { useWords } from "../../i18n/words.ts";
import { Banner } from "../../ui/Notice.tsx";
import type { SignInProblem } from "../sign-in-error.ts";

/** Why it did not work. `wrong`: what that means on this screen. */
export function Problem(props: { problem: SignInProblem | null; wrong: string }) {
  const words = useWords();
  return (
    <div role="alert">
      <Show when={props.problem}>
        {(kind) => (
          <Banner icon="circle-alert" role="alert">
            {kind() === "wrong" ? props.wrong : words(`users.problem_${kind()}`)}
          </Banner>
        )}
      </Show>
    </div>
  );
}
