import { createSignal, For, Show } from "solid-js";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { CourseEntry } from "@mochila/shared/courses/entry.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { formatDate } from "../i18n/formats.ts";
import { Menu, type MenuEntry } from "../ui/Menu.tsx";
import { useNow } from "../ui/now.ts";
import { showToast } from "../ui/toast.ts";
import { Face } from "../users/Face.tsx";
import { useCourseCalls } from "./course-calls.ts";
import { EndDialog } from "./EndDialog.tsx";
import { withSeats } from "./entry/seats.ts";
import { Confirm } from "../ui/Confirm.tsx";
import { useGroups } from "./groups/groups.ts";
import { useCoursePeople } from "./people-queries.ts";
import { said } from "./people-words.ts";

/** As a course is read: who teaches first. */
const order: readonly CourseRole[] = ["instructor", "assistant", "student", "observer"];

const sentenceOf = (error: unknown): string => said(error instanceof CodedError && error.code === "invalid_input" ? "people.last" : "people.problem");

function PersonRow(props: { member: Member; group: string | undefined; entries: MenuEntry[] }) {
  const now = useNow();
  return (
    <div class="row" data-member={props.member.userId}>
      <Face name={props.member.name} picture={props.member.picture} />
      <span class="row-main">
        <span class="row-title">{props.member.name}</span>
        <Show when={props.group !== undefined || props.member.endsAt !== undefined}>
          <span class="row-meta">
            <Show when={props.group}>{(name) => <span>{name()}</span>}</Show>
            <Show when={props.entries.length > 0 && props.member.endsAt}>{(at) => <span>{said("people.until", { date: formatDate(at(), now()) })}</span>}</Show>
          </span>
        </Show>
      </span>
      <Show when={props.entries.length > 0}>
        <span class="row-end">
          <Menu label={said("people.actionsFor", { name: props.member.name })} entries={props.entries} />
        </span>
      </Show>
    </div>
  );
}

/** Who is in a course, by role, and what who `mayChange` it can do to each. `onChanged`: somebody came, went or changed seats; resolves with how the seats are since. */
export function PeopleByRole(props: { courseId: string; mayChange: boolean; onChanged: () => Promise<CourseEntry | null> }) {
  const people = useCoursePeople(() => props.courseId);
  const calls = useCourseCalls();
  const arranged = useGroups(() => props.courseId);
  const groupOf = (member: Member) => arranged()?.groups.find(({ id }) => id === member.groupId)?.title;
  const [leaving, setLeaving] = createSignal<Member | null>(null);
  const [ending, setEnding] = createSignal<Member | null>(null);
  const say = async (work: Promise<void>, done: string, takesSeat = false) => {
    const sentence = await work.then(
      () => done,
      (error: unknown) => sentenceOf(error),
    );
    showToast(sentence);
    const now = await props.onChanged();
    if (sentence === done && takesSeat) showToast(withSeats(done, now));
  };
  const giveRole = (member: Member, role: CourseRole) => void say(calls.changeRole(props.courseId, member.userId, role), said("people.roleChanged", { name: member.name }), role === "student");
  const remove = async () => {
    const member = leaving();
    if (member) await say(calls.remove(props.courseId, member.userId), said("people.removed", { name: member.name }));
  };
  const end = async (endsAt: number | null): Promise<string | null> => {
    const member = ending();
    try {
      if (member) await calls.end(props.courseId, member.userId, endsAt);
    } catch (error) {
      return sentenceOf(error);
    }
    showToast(said("people.endSaved", { name: member?.name ?? "" }));
    void props.onChanged();
    return null;
  };
  const entriesOf = (member: Member): MenuEntry[] => [
    ...order.filter((role) => role !== member.role).map((role): MenuEntry => ({ icon: "users", text: said("people.makeRole", { role: said(`people.role_${role}`) }), run: () => giveRole(member, role) })),
    ...(member.role === "instructor" ? [] : [{ icon: "clock", text: said("people.end"), run: () => setEnding(member) } satisfies MenuEntry]),
    { icon: "trash", text: said("people.remove"), run: () => setLeaving(member) },
  ];
  return (
    <>
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
                        <PersonRow member={member} group={groupOf(member)} entries={props.mayChange ? entriesOf(member) : []} />
                      </li>
                    )}
                  </For>
                </ul>
              </section>
            )}
          </Show>
        )}
      </For>
      <EndDialog member={ending()} onEnd={end} onClose={() => setEnding(null)} />
      <Confirm open={leaving() !== null} title={said("people.removeTitle", { name: leaving()?.name ?? "" })} text={said("people.removeText")} action={said("people.remove")} onDo={remove} onClose={() => setLeaving(null)} />
    </>
  );
}
