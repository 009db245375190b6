import { Show } from "solid-js";
import { Banner } from "../ui/Notice.tsx";

/** The place in a dialog where it says why it is still open; null: nothing went wrong. */
export const ProblemNote = (props: { text: string | null }) => (
  <div role="alert">
    <Show when={props.text}>
      {(text) => (
        <Banner icon="circle-alert" role="alert">
          {text()}
        </Banner>
      )}
    </Show>
  </div>
);
