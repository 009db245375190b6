import { createSignal, For, type JSX, Show } from "solid-js";
import type { Group, Member } from "@mochila/shared/courses/member.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Menu, type MenuEntry } from "../../ui/Menu.tsx";
import { Skeleton } from "../../ui/Notice.tsx";
import { showToast } from "../../ui/toast.ts";
import { initialsOf } from "../../users/initials.ts";
import { Confirm } from "../../ui/Confirm.tsx";
import { FormDialog, SplitDialog } from "./GroupDialogs.tsx";
import { useGroupActions, useGroups } from "./groups.ts";
import { said } from "./words.ts";

function People(props: { people: readonly Member[]; entriesOf: ((member: Member) => MenuEntry[]) | null }) {
  return (
    <ul class="rows">
      <For each={props.people} fallback={<li class="small soft">{said("groups.empty")}</li>}>
        {(member) => (
          <li class="row" data-member={member.userId}>
            <span class="face" aria-hidden="true">
              {initialsOf(member.name)}
            </span>
            <span class="row-main">
              <span class="row-title">{member.name}</span>
            </span>
            <Show when={props.entriesOf?.(member).length}>
              <span class="row-end">
                <Menu label={said("groups.actionsFor", { name: member.name })} entries={props.entriesOf?.(member) ?? []} />
              </span>
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}

const GroupSection = (props: { id: string; name: string; count: number; menu?: JSX.Element; children: JSX.Element }) => (
  <section class="section" aria-labelledby={`group-${props.id}`} data-group={props.name}>
    <div class="section-head">
      <h2 id={`group-${props.id}`}>{props.name}</h2>
      <span class="line">
        <span class="tiny faint num">{props.count}</span>
        {props.menu}
      </span>
    </div>
    {props.children}
  </section>
);

type Naming = { readonly kind: "make" } | { readonly kind: "rename"; readonly group: Group };

/** The groups of a course; `mayArrange`: for its staff. From this device, without a connection too. */
export function GroupsPart(props: { courseId: string; mayArrange: boolean }) {
  const words = useWords();
  const now = useGroups(() => props.courseId);
  const actions = useGroupActions(props.courseId);
  const [naming, setNaming] = createSignal<Naming | null>(null);
  const [splitting, setSplitting] = createSignal(false);
  const [leaving, setLeaving] = createSignal<Group | null>(null);
  const named = () => {
    const asked = naming();
    return asked?.kind === "rename" ? asked.group : null;
  };
  const entriesOf = (group: Group | null) => (member: Member): MenuEntry[] => [
    ...(now()?.groups ?? []).filter(({ id }) => id !== group?.id).map((other): MenuEntry => ({ icon: "users", text: said("groups.moveTo", { name: other.title }), run: () => void actions.put(member, other.id) })),
    ...(group ? [{ icon: "x", text: said("groups.takeOut"), run: () => void actions.put(member, null) } satisfies MenuEntry] : []),
  ];
  const menuOf = (group: Group) => (
    <Menu
      label={said("groups.actionsFor", { name: group.title })}
      entries={[
        { icon: "pencil", text: said("groups.rename"), run: () => setNaming({ kind: "rename", group }) },
        { icon: "trash", text: said("groups.dissolve"), run: () => setLeaving(group) },
      ]}
    />
  );
  const take = async (title: string): Promise<null> => {
    const group = named();
    await (group ? actions.rename(group.id, title) : actions.make(title));
    return null;
  };
  const split = async (count: number) => {
    const before = now();
    if (!before) return;
    const undo = await actions.split(before, Array.from({ length: count }, (_, index) => said("groups.numbered", { number: index + 1 })));
    showToast(said("groups.splitDone", { count }), () => void undo());
  };
  const dissolve = async () => {
    const group = leaving();
    if (!group) return;
    await actions.dissolve(group.id);
    showToast(said("groups.dissolved", { name: group.title }));
  };
  return (
    <Show when={now()} fallback={<Skeleton label={words("shell.loading")} />}>
      {(known) => (
        <>
          <p class="soft mb-4">{said(props.mayArrange ? "groups.intro" : "groups.introRead")}</p>
          <Show when={props.mayArrange}>
            <p class="btns mb-4">
              <Button icon="plus" onClick={() => setNaming({ kind: "make" })}>
                {said("groups.make")}
              </Button>
              <Show when={known().students.length > 1}>
                <Button look="soft" icon="users" onClick={() => setSplitting(true)}>
                  {said("groups.split")}
                </Button>
              </Show>
            </p>
          </Show>
          <Show when={known().groups.length === 0}>
            <p>{said(props.mayArrange ? "groups.noneYet" : "groups.none")}</p>
          </Show>
          <For each={known().groups}>
            {(group) => (
              <GroupSection id={group.id} name={group.title} count={known().in.get(group.id)?.length ?? 0} menu={props.mayArrange && menuOf(group)}>
                <People people={known().in.get(group.id) ?? []} entriesOf={props.mayArrange ? entriesOf(group) : null} />
              </GroupSection>
            )}
          </For>
          <Show when={known().groups.length > 0 && known().alone.length > 0}>
            <GroupSection id="none" name={said("groups.inNone")} count={known().alone.length}>
              <People people={known().alone} entriesOf={props.mayArrange ? entriesOf(null) : null} />
            </GroupSection>
          </Show>
          <FormDialog open={naming() !== null} id="name-group" place={`group-${named()?.id ?? `of-${props.courseId}`}`} title={said(named() ? "groups.renameTitle" : "groups.makeTitle")} label={said("groups.name")} value={named()?.title ?? ""} action={said("groups.save")} onTake={take} onClose={() => setNaming(null)} />
          <SplitDialog open={splitting()} courseId={props.courseId} students={known().students.length} onSplit={split} onClose={() => setSplitting(false)} />
          <Confirm open={leaving() !== null} title={said("groups.dissolveTitle", { name: leaving()?.title ?? "" })} text={said("groups.dissolveText")} action={said("groups.dissolve")} onDo={dissolve} onClose={() => setLeaving(null)} />
        </>
      )}
    </Show>
  );
}
