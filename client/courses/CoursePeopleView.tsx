import { useParams } from "@solidjs/router";
import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { usePerson } from "../person.ts";
import { useUser } from "../users/queries.ts";
import { AddPeople } from "./AddPeople.tsx";
import { CourseScreen } from "./CourseScreen.tsx";
import { createEntry } from "./entry/entry-calls.ts";
import { LeaveCourse } from "./entry/LeaveCourse.tsx";
import { Waiting } from "./entry/Waiting.tsx";
import { WaysIn } from "./entry/WaysIn.tsx";
import { said as saidOfEntry } from "./entry/words.ts";
import { GroupsPart } from "./groups/GroupsPart.tsx";
import { PeopleByRole } from "./PeopleByRole.tsx";
import { said } from "./people-words.ts";
import { useCourse } from "./queries.ts";
import "../ui/lists.css";

type Tab = "people" | "groups" | "ways" | "waiting";

/** Who teaches and who studies in a course, their groups, and for who teaches it how people come in. */
export default function CoursePeopleView() {
  const params = useParams<{ courseId: string }>();
  const user = useUser();
  const open = useCourse(() => params.courseId);
  const [tab, setTab] = createSignal<Tab>("people");
  const { looking } = usePerson();
  const mayChange = createMemo(() => !looking && (open.role() === "instructor" || user().systemRole === "administrator"));
  const mayArrange = () => !looking && (open.role() === "instructor" || open.role() === "assistant") && open.course()?.state !== "archived";
  const tabs = (): readonly Tab[] => (mayChange() ? ["people", "groups", "ways", "waiting"] : ["people", "groups"]);
  const entry = createEntry(() => params.courseId, mayChange);
  const show = (one: Tab) => {
    setTab(one);
    // Who waits, and how many are in, changes by what others do.
    if (one === "ways" || one === "waiting") void entry.load();
  };
  return (
    <CourseScreen open={open} title={said("people.title")} intro={said(mayChange() ? "people.intro" : "people.introRead")} may={mayChange() || open.role() !== null} notAllowed={said("people.notAllowed")}>
      {(course) => (
        <>
          <div class="tabs" role="group" aria-label={saidOfEntry("entry.tabs")}>
            <For each={tabs()}>
              {(one) => (
                <button type="button" class="tab" aria-pressed={tab() === one} onClick={() => show(one)}>
                  {saidOfEntry(`entry.tab_${one}`)}
                  <Show when={one === "waiting" && entry.entry()?.waiting.length}>{(count) => <span class="faint num">{count()}</span>}</Show>
                </button>
              )}
            </For>
          </div>
          <Switch>
            <Match when={tab() === "people"}>
              <Show when={mayChange()}>
                <AddPeople courseId={params.courseId} source={entry} />
              </Show>
              <PeopleByRole courseId={params.courseId} mayChange={mayChange()} onChanged={entry.load} />
              <Show when={open.role() === "student" && !looking}>
                <LeaveCourse courseId={params.courseId} title={pick(course().title, language())?.value ?? ""} />
              </Show>
            </Match>
            <Match when={tab() === "groups"}>
              <GroupsPart courseId={params.courseId} mayArrange={mayArrange()} />
            </Match>
            <Match when={tab() === "ways"}>
              <WaysIn source={entry} />
            </Match>
            <Match when={tab() === "waiting"}>
              <Waiting source={entry} />
            </Match>
          </Switch>
        </>
      )}
    </CourseScreen>
  );
}
