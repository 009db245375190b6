import { Show } from "solid-js";
import { useWords } from "../../i18n/words.ts";
import { Banner } from "../../ui/Notice.tsx";
import type { FormProblem } from "./create-form.ts";
import { said } from "./words.ts";

/** Why it did not work. `wrong`: what that means on this screen. */
export function Problem(props: { problem: FormProblem | null; wrong: string }) {
  const words = useWords();
  const sentence = (kind: FormProblem) => {
    if (kind === "wrong") return props.wrong;
    return kind === "password_common" || kind === "password_own" || kind === "password_same" ? said(`account.${kind}`) : words(`users.problem_${kind}`);
  };
  return (
    <div role="alert">
      <Show when={props.problem}>
        {(kind) => (
          <Banner icon="circle-alert" role="alert">
            {sentence(kind())}
          </Banner>
        )}
      </Show>
    </div>
  );
}
