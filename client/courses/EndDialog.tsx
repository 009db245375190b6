import { createEffect, createSignal, on, Show } from "solid-js";
import type { Member } from "@mochila/shared/courses/member.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Banner } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { endOfDay, writeDay } from "./entry/day.ts";
import { said } from "./people-words.ts";

/** Until when somebody is in the course. `onEnd` answers what is wrong; null: the school has it. */
export function EndDialog(props: { member: Member | null; onEnd: (endsAt: number | null) => Promise<string | null>; onClose: () => void }) {
  const now = useNow();
  const [day, setDay] = createSignal("");
  const [past, setPast] = createSignal(false);
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  createEffect(
    on(() => props.member, (member) => {
      if (!member) return;
      setDay(member.endsAt === undefined ? "" : writeDay(member.endsAt));
      setPast(false);
      setProblem(null);
    }),
  );
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const endsAt = endOfDay(day());
    setPast(endsAt !== null && endsAt <= now());
    if (past() || busy()) return;
    setBusy(true);
    setProblem(await props.onEnd(endsAt));
    setBusy(false);
    if (problem() === null) props.onClose();
  };
  return (
    <Dialog
      open={props.member !== null}
      title={said("people.endTitle", { name: props.member?.name ?? "" })}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Button type="submit" form="end-of-place" busy={busy()}>
          {said("people.endSave")}
        </Button>
      }
    >
      <form id="end-of-place" onSubmit={(event) => void submit(event)}>
        <div role="alert">
          <Show when={problem()}>{(text) => <Banner icon="circle-alert" role="alert">{text()}</Banner>}</Show>
        </div>
        <p class="soft mb-4">{said("people.endText")}</p>
        <Field type="date" label={said("people.endDay")} hint={said("people.endNone")} error={past() ? said("people.endPast") : undefined} value={day()} onInput={(event) => setDay(event.currentTarget.value)} />
      </form>
    </Dialog>
  );
}
