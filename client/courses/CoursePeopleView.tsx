import { useParams } from "@solidjs/router";
import { createSignal, For, Match, Show, Switch } from "solid-js";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Menu, type MenuEntry } from "../ui/Menu.tsx";
import { Empty } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { initialsOf } from "../users/initials.ts";
import { useUser } from "../users/queries.ts";
import { AddPeople } from "./AddPeople.tsx";
import { useCourseCalls } from "./course-calls.ts";
import { useCoursePeople } from "./people-queries.ts";
import { said } from "./people-words.ts";
import { useCourse } from "./queries.ts";

/** As a course is read: who teaches first. */
const order: readonly CourseRole[] = ["instructor", "assistant", "student", "observer"];

const sentenceOf = (error: unknown): string => said(error instanceof CodedError && error.code === "invalid_input" ? "people.last" : "people.problem");

function PersonRow(props: { member: Member; entries: MenuEntry[] }) {
  return (
    <div class="row" data-member={props.member.userId}>
      <span class="face" aria-hidden="true">
        {initialsOf(props.member.name)}
      </span>
      <span class="row-main">
        <span class="row-title">{props.member.name}</span>
      </span>
      <span class="row-end">
        <Menu label={said("people.actionsFor", { name: props.member.name })} entries={props.entries} />
      </span>
    </div>
  );
}

/** Who teaches and who studies in a course. */
export default function CoursePeopleView() {
  const words = useWords();
  const params = useParams<{ courseId: string }>();
  const user = useUser();
  const open = useCourse(() => params.courseId);
  const people = useCoursePeople(() => params.courseId);
  const calls = useCourseCalls();
  const [leaving, setLeaving] = createSignal<Member | null>(null);
  const title = () => pick(open.course()?.title, language())?.value ?? "";
  const mayChange = () => open.role() === "instructor" || user().systemRole === "administrator";
  const giveRole = (member: Member, role: CourseRole) =>
    void calls.changeRole(params.courseId, member.userId, role).then(
      () => showToast(said("people.roleChanged", { name: member.name })),
      (error: unknown) => showToast(sentenceOf(error)),
    );
  const remove = async () => {
    const member = leaving();
    if (!member) return;
    const sentence = await calls.remove(params.courseId, member.userId).then(
      () => said("people.removed", { name: member.name }),
      (error: unknown) => sentenceOf(error),
    );
    setLeaving(null);
    showToast(sentence);
  };
  const entriesOf = (member: Member): MenuEntry[] => [
    ...order.filter((role) => role !== member.role).map((role): MenuEntry => ({ icon: "users", text: said("people.makeRole", { role: said(`people.role_${role}`) }), run: () => giveRole(member, role) })),
    { icon: "trash", text: said("people.remove"), run: () => setLeaving(member) },
  ];
  return (
    <Switch>
      <Match when={open.course()}>
        <Page title={said("people.title")} crumbs={[{ href: `/courses/${params.courseId}`, label: title() }]}>
          <div class="title">
            <h1>{said("people.title")}</h1>
            <p>{said("people.intro")}</p>
          </div>
          <Show when={mayChange()} fallback={<Empty title={title()}>{said("people.notAllowed")}</Empty>}>
            <AddPeople courseId={params.courseId} />
            <For each={order}>
              {(role) => (
                <Show when={people()?.get(role)}>
                  {(members) => (
                    <section class="section" aria-labelledby={`role-${role}`}>
                      <div class="section-head">
                        <h2 id={`role-${role}`}>{said(`people.roles_${role}`)}</h2>
                        <span class="tiny faint num">{members().length}</span>
                      </div>
                      <ul class="rows">
                        <For each={members()}>
                          {(member) => (
                            <li>
                              <PersonRow member={member} entries={entriesOf(member)} />
                            </li>
                          )}
                        </For>
                      </ul>
                    </section>
                  )}
                </Show>
              )}
            </For>
          </Show>
          <Dialog
            open={leaving() !== null}
            title={said("people.removeTitle", { name: leaving()?.name ?? "" })}
            onClose={() => setLeaving(null)}
            actions={
              <>
                <Button look="bare" onClick={() => setLeaving(null)}>
                  {words("shell.cancel")}
                </Button>
                <Button look="alert" onClick={() => void remove()}>
                  {said("people.remove")}
                </Button>
              </>
            }
          >
            <p>{said("people.removeText")}</p>
          </Dialog>
        </Page>
      </Match>
      <Match when={open.course() === null}>
        <NotFoundView />
      </Match>
      <Match when={open.course() === undefined}>
        <Page title={words("shell.loading")}>{null}</Page>
      </Match>
    </Switch>
  );
}
