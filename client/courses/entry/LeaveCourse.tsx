import { createSignal, Show } from "solid-js";
import { CodedError } from "@mochila/shared/errors.ts";
import { usePerson } from "../../person.ts";
import { createAsked } from "../../ui/asked.ts";
import { Button } from "../../ui/Button.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { useOnward } from "../../ui/onward.ts";
import { showToast } from "../../ui/toast.ts";
import { useJoinCalls } from "./entry-calls.ts";
import { said } from "./words.ts";

/** The way out of a course, for who came into it by themselves; nothing for whom the school put there, and where it cannot be asked. */
export function LeaveCourse(props: { courseId: string; title: string }) {
  const calls = useJoinCalls();
  const onward = useOnward();
  const { sync } = usePerson();
  const { answer: joined } = createAsked(() => calls.own().then(({ joined: courses }) => courses, (): string[] => []));
  const [asked, setAsked] = createSignal(false);
  const leave = async () => {
    // What they did in it goes to the school first: after it, it would be refused.
    if (sync.status().pending > 0) await sync.syncNow();
    await calls.undo(props.courseId);
    void sync.syncNow();
    showToast(said("entry.left", { title: props.title }));
    onward("/courses");
  };
  return (
    <Show when={joined()?.includes(props.courseId)}>
      <section class="section">
        <p class="small soft mb-4">{said("entry.leaveHint")}</p>
        <Button look="soft" onClick={() => setAsked(true)}>
          {said("entry.leave")}
        </Button>
      </section>
      <Confirm
        open={asked()}
        title={said("entry.leaveTitle", { title: props.title })}
        text={said("entry.leaveText")}
        action={said("entry.leave")}
        problem={(error) => (
          <Banner icon="circle-alert" role="alert">
            {said(error instanceof CodedError && error.code === "too_many_requests" ? "entry.tooMany" : "entry.problem")}
          </Banner>
        )}
        onDo={leave}
        onClose={() => setAsked(false)}
      />
    </Show>
  );
}
