import { Show } from "solid-js";
import { Banner } from "../../ui/Notice.tsx";
import type { Attempt } from "./create-attempt.ts";

/** Why it did not work, said aloud. */
export const AttemptProblem = (props: { attempt: Attempt }) => (
  <div role="alert">
    <Show when={props.attempt.problem()}>{(text) => <Banner icon="circle-alert" role="alert">{text()}</Banner>}</Show>
  </div>
);
