import { createSignal, For, Show } from "solid-js";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { Button } from "../ui/Button.tsx";
import { Choice, TextField } from "../ui/Field.tsx";
import { createNoLetters } from "../users/account/letter-way.ts";
import { createTyped } from "../users/typed.ts";
import { useCourseCalls } from "./course-calls.ts";
import type { Entry } from "./entry/entry-calls.ts";
import { seatsNow } from "./entry/seats.ts";
import { SeatsNote } from "./entry/SeatsNote.tsx";
import { readEmails } from "./people-list.ts";
import { said } from "./people-words.ts";

const courseRoles: readonly CourseRole[] = ["student", "assistant", "observer", "instructor"];

interface Left {
  readonly line: string;
  readonly why: "noAccount" | "lastOne" | "notAdded" | "notEmail";
}

/** The server says which field is wrong where nobody can be found by the e-mail; else it is the course that says no. */
function whyOf(error: unknown): Left["why"] {
  if (!(error instanceof CodedError) || error.code !== "invalid_input") return "notAdded";
  return error.more.details?.["field"] === "email" ? "noAccount" : "lastOne";
}

/** Adds people by their e-mails, one after another; what did not work stays in the field, with the reason of each line. Who adds students learns whether there are seats for them. */
export function AddPeople(props: { courseId: string; source: Entry }) {
  const calls = useCourseCalls();
  const noLetters = createNoLetters();
  const typed = createTyped(`people-${props.courseId}`, () => "");
  const [role, setRole] = createSignal<CourseRole>("student");
  const [progress, setProgress] = createSignal<{ done: number; all: number } | null>(null);
  const [added, setAdded] = createSignal<{ added: number; invited: number; already: number } | null>(null);
  const [left, setLeft] = createSignal<readonly Left[]>([]);
  const [seats, setSeats] = createSignal<string | null>(null);
  const adding = () => (role() === "student" ? readEmails(typed.value()).emails.length : 0);
  let stopped = false;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const { emails, others } = readEmails(typed.value());
    if (progress() || emails.length + others.length === 0) return;
    const failed: Left[] = others.map((line) => ({ line, why: "notEmail" }));
    const done = { added: 0, invited: 0, already: 0 };
    const as = role();
    setSeats(null);
    stopped = false;
    for (const [index, email] of emails.entries()) {
      setProgress({ done: index, all: emails.length });
      if (stopped) {
        failed.push(...emails.slice(index).map((line): Left => ({ line, why: "notAdded" })));
        break;
      }
      try {
        done[await calls.add(props.courseId, email, as)] += 1;
      } catch (error) {
        failed.push({ line: email, why: whyOf(error) });
      }
    }
    setProgress(null);
    setAdded(done);
    setLeft(failed);
    typed.set(failed.map(({ line }) => line).join("\n"));
    const now = await props.source.load();
    if (as === "student" && done.added + done.invited > 0) setSeats(seatsNow(now));
  };
  return (
    <form class="narrow-column" onSubmit={(event) => void submit(event)}>
      <TextField label={said("people.emails")} hint={said("people.addHint")} rows={4} readOnly={progress() !== null} autocapitalize="none" spellcheck={false} value={typed.value()} onInput={(event) => typed.set(event.currentTarget.value)} />
      <Choice label={said("people.as")} value={role()} options={courseRoles.map((value) => ({ value, label: said(`people.role_${value}`) }))} onChoose={setRole} />
      <div role="status">
        <Show when={progress()}>
          {(now) => (
            <p class="mb-4">
              {said("people.adding", { done: now().done + 1, all: now().all })}{" "}
              <Button look="bare" onClick={() => (stopped = true)}>
                {said("people.stop")}
              </Button>
            </p>
          )}
        </Show>
        <Show when={!progress() && added() !== null}>
          <Show when={added()?.added}>{(count) => <p class="mb-4">{said("people.added", { count: count() })}</p>}</Show>
          <Show when={added()?.invited}>{(count) => <p class="mb-4">{said(noLetters() ? "people.invitedByHand" : "people.invited", { count: count() })}</p>}</Show>
          <Show when={added()?.already}>{(count) => <p class="mb-4">{said("people.already", { count: count() })}</p>}</Show>
          <Show when={seats()}>{(text) => <p class="mb-4">{text()}</p>}</Show>
          <Show when={left().length > 0}>
            <p>{said("people.failed", { count: left().length })}</p>
            <ul class="points mb-4">
              <For each={left()}>{({ line, why }) => <li>{said(`people.${why}`, { email: line })}</li>}</For>
            </ul>
          </Show>
        </Show>
      </div>
      <Show when={!progress()}>
        <SeatsNote entry={props.source.entry()} adding={adding()} />
      </Show>
      <Button type="submit" icon="plus" busy={progress() !== null}>
        {said("people.add")}
      </Button>
    </form>
  );
}
