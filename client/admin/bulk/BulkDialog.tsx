import { createEffect, createMemo, createSignal, For, Match, Show, Switch } from "solid-js";
import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import type { PersonLine } from "@mochila/shared/admin/person.ts";
import { createEntry } from "../../courses/entry/entry-calls.ts";
import { SeatsNote } from "../../courses/entry/SeatsNote.tsx";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Choice, Field } from "../../ui/Field.tsx";
import { Meter } from "../../ui/Progress.tsx";
import { createCoursesList, useCoursesCalls } from "../courses/calls.ts";
import { courseRoles } from "../courses/CourseDialogs.tsx";
import { said as saidOfCourses, titleWords } from "../courses/words.ts";
import type { PeopleCalls } from "../people.ts";
import { said as saidOfPeople } from "../words.ts";
import { createBulkRun, type Outcome } from "./run-bulk.ts";
import { said } from "./words.ts";

export const bulkActions = ["role", "suspend", "invite", "course"] as const;
export type BulkAction = (typeof bulkActions)[number];

const systemRoles: readonly SystemRole[] = ["student", "instructor", "administrator"];

/** Which course, found by a part of its title, and as what. */
function CourseChoice(props: { courseId: string; role: CourseRole; onCourse: (id: string) => void; onRole: (role: CourseRole) => void }) {
  const calls = useCoursesCalls();
  const [search, setSearch] = createSignal("");
  const filter = createMemo(() => (search().trim() === "" ? {} : { search: search().trim() }));
  const list = createCoursesList(calls, filter);
  const courses = () => list.page()?.courses ?? [];
  createEffect(() => {
    if (!courses().some(({ id }) => id === props.courseId)) props.onCourse(courses()[0]?.id ?? "");
  });
  return (
    <>
      <Field label={said("bulk.findCourse")} type="search" value={search()} onInput={(event) => setSearch(event.currentTarget.value)} />
      <Show when={courses().length > 0} fallback={<p class="soft small mb-4" role="status">{list.page() ? said("bulk.noCourse") : ""}</p>}>
        <Choice label={said("bulk.chooseCourse")} value={props.courseId} options={courses().map(({ id, title }) => ({ value: id, label: titleWords(title) }))} onChoose={props.onCourse} />
      </Show>
      <Choice label={said("bulk.courseRole")} value={props.role} options={courseRoles.map((value) => ({ value, label: saidOfCourses(`adminCourses.role_${value}`) }))} onChoose={props.onRole} />
    </>
  );
}

/** Who was left out, and why. */
const LeftOut = (props: { action: BulkAction; outcome: Outcome }) => (
  <div role="status">
    <p class="mb-4">{said("bulk.done", { count: props.outcome.done.length })}</p>
    <p>{said("bulk.left", { count: props.outcome.left.length })}</p>
    <ul class="points">
      <For each={props.outcome.left}>{({ person, why }) => <li>{`${person.name}: ${why === "refused" ? said(`bulk.why_refused_${props.action}`) : said(`bulk.why_${why}`)}`}</li>}</For>
    </ul>
  </div>
);

interface BulkDialogProps {
  readonly action: BulkAction | null;
  readonly people: readonly PersonLine[];
  readonly calls: PeopleCalls;
  /** All of it was done, or the dialog was left after some. */
  readonly onDone: (outcome: Outcome) => void;
  readonly onClose: () => void;
}

/** One thing done to several people: asked first, with progress and a stop, and with the names of those for whom it did not work. */
export function BulkDialog(props: BulkDialogProps) {
  const words = useWords();
  const courses = useCoursesCalls();
  const bulk = createBulkRun();
  const [role, setRole] = createSignal<SystemRole>("student");
  const [courseId, setCourseId] = createSignal("");
  const [courseRole, setCourseRole] = createSignal<CourseRole>("student");
  const entry = createEntry(courseId, () => props.action === "course" && courseId() !== "");
  const [outcome, setOutcome] = createSignal<Outcome | null>(null);
  createEffect(() => props.action !== null && setOutcome(null));
  const one = (action: BulkAction, person: PersonLine): Promise<unknown> => {
    switch (action) {
      case "role":
        return props.calls.change(person.id, { systemRole: role() });
      case "suspend":
        return props.calls.change(person.id, { state: "suspended" });
      case "invite":
        return props.calls.invite(person.id);
      case "course":
        return courses.addPerson(courseId(), person.email, courseRole());
    }
  };
  const begin = async () => {
    const action = props.action;
    if (action === null || bulk.progress()) return;
    const result = await bulk.run(props.people, (person) => one(action, person));
    if (result.left.length === 0) props.onDone(result);
    else setOutcome(result);
  };
  const close = () => {
    const result = outcome();
    // Ends, and then says what was done.
    if (bulk.progress()) return bulk.stop();
    if (result) props.onDone(result);
    else props.onClose();
  };
  const title = () => (props.action ? said(`bulk.title_${props.action}`, { count: props.people.length }) : "");
  return (
    <Dialog
      open={props.action !== null}
      title={title()}
      onClose={close}
      actions={
        <Switch>
          <Match when={outcome()}>
            <Button onClick={close}>{words("shell.close")}</Button>
          </Match>
          <Match when={bulk.progress()}>
            <Button look="soft" onClick={bulk.stop}>
              {said("bulk.halt")}
            </Button>
          </Match>
          <Match when={props.action}>
            {(action) => (
              <>
                <Button look="bare" onClick={close}>
                  {words("shell.cancel")}
                </Button>
                <Button look={action() === "suspend" ? "alert" : "primary"} onClick={() => void begin()}>
                  {action() === "role" ? said("bulk.doRole") : said(`bulk.${action()}`)}
                </Button>
              </>
            )}
          </Match>
        </Switch>
      }
    >
      <Switch>
        <Match when={outcome()}>{(result) => <LeftOut action={props.action ?? "role"} outcome={result()} />}</Match>
        <Match when={bulk.progress()}>
          {(now) => {
            const text = () => said("bulk.progress", { done: now().done, all: now().all });
            return (
              <>
                <Meter share={now().done / now().all} label={text()} />
                <p class="small soft mt-2" role="status">
                  {text()}
                </p>
              </>
            );
          }}
        </Match>
        <Match when={props.action}>
          {(action) => (
            <>
              <p class="soft mb-4">{said(`bulk.text_${action()}`)}</p>
              <Show when={action() === "role"}>
                <Choice label={said("bulk.newRole")} value={role()} options={systemRoles.map((value) => ({ value, label: saidOfPeople(`admin.one_${value}`) }))} onChoose={setRole} />
              </Show>
              <Show when={action() === "course"}>
                <CourseChoice courseId={courseId()} role={courseRole()} onCourse={setCourseId} onRole={setCourseRole} />
                <SeatsNote entry={entry.entry()} adding={courseRole() === "student" ? props.people.length : 0} />
              </Show>
            </>
          )}
        </Match>
      </Switch>
    </Dialog>
  );
}
