import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js";
import type { AdminCourse, CoursePerson, CourseState } from "@mochila/shared/admin/course.ts";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import { CopyCourse, copiedWords } from "../../courses/CopyCourse.tsx";
import { createEntry } from "../../courses/entry/entry-calls.ts";
import { withSeats } from "../../courses/entry/seats.ts";
import { formatDateTime } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { createAsked } from "../../ui/asked.ts";
import { Button } from "../../ui/Button.tsx";
import { Menu, type MenuEntry } from "../../ui/Menu.tsx";
import { Empty, Skeleton } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { useOnward } from "../../ui/onward.ts";
import { Page } from "../../ui/Page.tsx";
import { showToast } from "../../ui/toast.ts";
import { initialsOf } from "../../users/initials.ts";
import { Confirm } from "../../ui/Confirm.tsx";
import { showFailure } from "../failure.ts";
import type { CoursesCalls } from "./calls.ts";
import { AddToCourse, courseRoles } from "./CourseDialogs.tsx";
import { problemWords, said, titleWords } from "./words.ts";

/** Where an archived course comes back to, and a thrown one: what students see is shown by somebody's decision alone. */
const backTo: Partial<Record<AdminCourse["course"]["state"], CourseState>> = { archived: "published", trashed: "draft" };

function People(props: { found: AdminCourse; calls: CoursesCalls; onChanged: () => void }) {
  const [adding, setAdding] = createSignal(false);
  const [leaving, setLeaving] = createSignal<CoursePerson | null>(null);
  const courseId = createMemo(() => props.found.course.id);
  const entry = createEntry(courseId, () => true);
  /** `role`: what somebody became; a student takes a seat. */
  const tell = async (text: string, role?: CourseRole) => {
    showToast(text);
    props.onChanged();
    const now = await entry.load();
    if (role === "student") showToast(withSeats(text, now));
  };
  const change = async (work: Promise<unknown>, text: string, role?: CourseRole) => {
    try {
      await work;
      await tell(text, role);
    } catch (error) {
      showToast(problemWords(error));
    }
  };
  const entriesOf = (person: CoursePerson): MenuEntry[] => [
    ...courseRoles.filter((role) => role !== person.role).map((role): MenuEntry => ({
      icon: "users",
      text: said("adminCourses.makeRole", { role: said(`adminCourses.role_${role}`).toLowerCase() }),
      run: () => void change(props.calls.giveRole(courseId(), person.id, role), said("adminCourses.changed"), role),
    })),
    { icon: "x", text: said("adminCourses.remove"), run: () => setLeaving(person) },
  ];
  const remove = async () => {
    const person = leaving();
    if (!person) return;
    setLeaving(null);
    await change(props.calls.removePerson(courseId(), person.id), said("adminCourses.removed", { name: person.name }));
  };
  return (
    <section class="section" aria-labelledby="course-people">
      <div class="section-head">
        <h2 id="course-people">{said("adminCourses.people")}</h2>
        <Button look="soft" icon="plus" onClick={() => setAdding(true)}>
          {said("adminCourses.addPerson")}
        </Button>
      </div>
      <ul class="rows">
        <For each={props.found.people} fallback={<li class="soft small">{said("adminCourses.peopleNone")}</li>}>
          {(person) => (
            <li class="row" data-person={person.email}>
              <span class="face" aria-hidden="true">
                {initialsOf(person.name)}
              </span>
              <span class="row-main">
                <span class="row-title">{person.name}</span>
                <span class="row-meta">
                  <span>{said(`adminCourses.role_${person.role}`)}</span>
                  <span class="mail">{person.email}</span>
                </span>
              </span>
              <span class="row-end">
                <Menu label={said("adminCourses.actionsFor", { name: person.name })} entries={entriesOf(person)} />
              </span>
            </li>
          )}
        </For>
      </ul>
      <Show when={props.found.more}>
        <p class="small soft mt-2">{said("adminCourses.peopleMore")}</p>
      </Show>
      <AddToCourse
        courseId={courseId()}
        open={adding()}
        entry={entry.entry()}
        onAdd={(email, role) => props.calls.addPerson(courseId(), email, role)}
        onAdded={(email, role) => {
          setAdding(false);
          void tell(said("adminCourses.personAdded", { email }), role);
        }}
        onClose={() => setAdding(false)}
      />
      <Confirm open={leaving() !== null} title={said("adminCourses.removeTitle", { name: leaving()?.name ?? "" })} text={said("adminCourses.removeText")} action={said("adminCourses.remove")} onDo={remove} onClose={() => setLeaving(null)} />
    </section>
  );
}

/** What can be done to the course as a whole. */
function Decisions(props: { found: AdminCourse; calls: CoursesCalls; put: (found: AdminCourse) => void }) {
  const onward = useOnward();
  const [asking, setAsking] = createSignal<"archived" | "trashed" | null>(null);
  const [copying, setCopying] = createSignal(false);
  const course = () => props.found.course;
  const title = () => titleWords(course().title);
  const decide = async (state: CourseState, text: string) => {
    try {
      props.put(await props.calls.setState(course().id, state));
      showToast(text);
    } catch (error) {
      showFailure(error);
    }
  };
  const back = () => backTo[course().state];
  const confirmed = async () => {
    const state = asking();
    setAsking(null);
    if (state) await decide(state, said(state === "archived" ? "adminCourses.archived" : "adminCourses.binned", { title: title() }));
  };
  return (
    <>
      <p class="btns">
        <Show when={back()}>
          {(state) => (
            <Button icon="undo" onClick={() => void decide(state(), said("adminCourses.restored", { title: title() }))}>
              {said("adminCourses.restore")}
            </Button>
          )}
        </Show>
        <Button look="soft" icon="copy" onClick={() => setCopying(true)}>
          {said("adminCourses.copy")}
        </Button>
        <Show when={course().state === "published"}>
          <Button look="soft" icon="inbox" onClick={() => setAsking("archived")}>
            {said("adminCourses.archive")}
          </Button>
        </Show>
        <Show when={course().state !== "trashed"}>
          <Button look="soft" icon="trash" onClick={() => setAsking("trashed")}>
            {said("adminCourses.bin")}
          </Button>
        </Show>
      </p>
      <Confirm
        open={asking() !== null}
        title={said(asking() === "archived" ? "adminCourses.archiveTitle" : "adminCourses.binTitle", { title: title() })}
        text={said(asking() === "archived" ? "adminCourses.archiveText" : "adminCourses.binText")}
        action={said(asking() === "archived" ? "adminCourses.archive" : "adminCourses.bin")}
        onDo={confirmed}
        onClose={() => setAsking(null)}
      />
      <CopyCourse
        course={copying() ? course() : null}
        forSomebody
        onDone={(id) => {
          setCopying(false);
          showToast(copiedWords(true));
          onward(`/admin/courses/${id}`);
        }}
        onClose={() => setCopying(false)}
      />
    </>
  );
}

/** A course as administrators see it: how it stands, who is in it, and what can be done to it. */
export function OneCourse(props: { id: string; calls: CoursesCalls }) {
  const words = useWords();
  const now = useNow();
  const found = createAsked(() => props.calls.read(props.id).catch(() => null));
  const title = () => {
    const course = found.answer()?.course;
    return course ? titleWords(course.title) : said("adminCourses.title");
  };
  return (
    <Page title={title()} crumbs={[{ href: "/admin/courses", label: said("adminCourses.title") }]}>
      <Switch fallback={<Skeleton label={words("shell.loading")} rows={6} />}>
        <Match when={found.answer()}>
          {(course) => (
            <>
              <div class="title" data-state={course().course.state}>
                <h1>{title()}</h1>
                <p>
                  {said(`adminCourses.one_${course().course.state}`)} · {said("adminCourses.students", { count: course().course.students })} · {formatDateTime(course().course.changedAt, now())}
                </p>
              </div>
              <Decisions found={course()} calls={props.calls} put={found.put} />
              <People found={course()} calls={props.calls} onChanged={() => void found.again()} />
            </>
          )}
        </Match>
        <Match when={found.answer() === null}>
          <h1 class="unseen">{said("adminCourses.title")}</h1>
          <Empty title={said("adminCourses.awayTitle")} action={<Button look="soft" onClick={() => void found.again()}>{words("shell.tryAgain")}</Button>}>
            {said("adminCourses.away")}
          </Empty>
        </Match>
      </Switch>
    </Page>
  );
}
