import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js";
import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { LinkSent, PersonLine } from "@mochila/shared/admin/person.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatAgo, formatNumber } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Menu, type MenuEntry } from "../ui/Menu.tsx";
import { Empty, Skeleton } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { initialsOf } from "../users/initials.ts";
import { useUser } from "../users/queries.ts";
import { createPeopleList, type PeopleCalls, usePeopleCalls } from "./people.ts";
import { AddPerson, ChangeRole, Confirm, LetterSent } from "./PersonDialogs.tsx";
import { said } from "./words.ts";
import "./admin.css";

type Question = { readonly kind: "role" | "suspend" | "sign-out"; readonly person: PersonLine };

function PersonRow(props: { person: PersonLine; entries: MenuEntry[] }) {
  const now = useNow();
  const standing = () => {
    if (props.person.state === "suspended") return said("admin.suspended");
    if (!props.person.canSignIn) return said("admin.invited");
    return props.person.confirmed ? null : said("admin.unconfirmed");
  };
  return (
    <div class="row" data-person={props.person.email}>
      <span class="face" aria-hidden="true">
        {initialsOf(props.person.name)}
      </span>
      <span class="row-main">
        <span class="row-title">{props.person.name}</span>
        <span class="row-meta">
          <span class="mail">{props.person.email}</span>
          <span>{said(`admin.one_${props.person.systemRole}`)}</span>
          <Show when={standing()}>{(text) => <span class="alert-text">{text()}</span>}</Show>
          <span class="wide">{said("admin.courses", { count: props.person.courses })}</span>
          <span class="wide">{props.person.seenAt === null ? said("admin.never") : said("admin.seen", { when: formatAgo(props.person.seenAt, now()) })}</span>
        </span>
      </span>
      <Show when={props.entries.length > 0}>
        <span class="row-end">
          <Menu label={said("admin.actionsFor", { name: props.person.name })} entries={props.entries} />
        </span>
      </Show>
    </div>
  );
}

/** Everything that can be done to one person, as the menu of their row; what others feel at once asks first. */
function useEntries(parts: { calls: PeopleCalls; put: (line: PersonLine) => void; ask: (question: Question) => void; onSent: (sent: LinkSent) => void }) {
  const own = useUser();
  const failed = () => showToast(said("admin.problem_other"));
  return (person: PersonLine): MenuEntry[] => {
    if (person.id === own().id) return [];
    const resume = () =>
      void parts.calls.change(person.id, { state: "active" }).then((line) => {
        parts.put(line);
        showToast(said("admin.resumedDone", { name: line.name }));
      }, failed);
    if (person.state === "suspended") return [{ icon: "undo", text: said("admin.resume"), run: resume }];
    return [
      { icon: "users", text: said("admin.changeRole"), run: () => parts.ask({ kind: "role", person }) },
      { icon: "lock", text: said("admin.reset"), run: () => void parts.calls.reset(person.id).then(parts.onSent, failed) },
      { icon: "phone", text: said("admin.signOut"), run: () => parts.ask({ kind: "sign-out", person }) },
      { icon: "warn", text: said("admin.suspend"), run: () => parts.ask({ kind: "suspend", person }) },
    ];
  };
}

const filters = ["all", "student", "instructor", "administrator"] as const;

function People() {
  const words = useWords();
  const calls = usePeopleCalls();
  const [search, setSearch] = createSignal("");
  const [role, setRole] = createSignal<SystemRole | "all">("all");
  const [adding, setAdding] = createSignal(false);
  const [sent, setSent] = createSignal<LinkSent | null>(null);
  const [question, setQuestion] = createSignal<Question | null>(null);
  const filter = createMemo(() => {
    const [text, wanted] = [search().trim(), role()];
    return { ...(text !== "" && { search: text }), ...(wanted !== "all" && { role: wanted }) };
  });
  const list = createPeopleList(calls, filter);
  const entriesOf = useEntries({ calls, put: list.put, ask: setQuestion, onSent: setSent });
  const asked = (kind: Question["kind"]) => {
    const now = question();
    return now?.kind === kind ? now.person : null;
  };
  const close = () => setQuestion(null);
  const answer = async (kind: Question["kind"], run: (person: PersonLine) => Promise<PersonLine | null>, done: (person: PersonLine) => string) => {
    const person = asked(kind);
    if (!person) return;
    const line = await run(person);
    if (line) list.put(line);
    close();
    showToast(done(person));
  };
  return (
    <Page title={said("admin.people")} tools={<Button icon="plus" onClick={() => setAdding(true)}>{said("admin.add")}</Button>}>
      <div class="title">
        <h1>{said("admin.people")}</h1>
        <Show when={list.page()}>{(page) => <p>{said("admin.accounts", { count: page().counts.all })}</p>}</Show>
      </div>
      <div class="search mb-4">
        <Icon name="search" />
        <input class="input" type="search" aria-label={said("admin.search")} placeholder={said("admin.searchHint")} value={search()} onInput={(event) => setSearch(event.currentTarget.value)} />
      </div>
      <div class="tabs" role="group" aria-label={said("admin.roles")}>
        <For each={filters}>
          {(one) => (
            <button type="button" class="tab" aria-pressed={role() === one} onClick={() => setRole(one)}>
              {said(`admin.role_${one}`)}
              <Show when={list.page()}>{(page) => <span class="faint num">{formatNumber(page().counts[one])}</span>}</Show>
            </button>
          )}
        </For>
      </div>
      <Switch>
        <Match when={list.page() === undefined}>
          <Skeleton label={words("shell.loading")} rows={6} />
        </Match>
        <Match when={list.page() === null}>
          <Empty title={said("admin.awayTitle")} action={<Button look="soft" busy={list.busy()} onClick={() => void list.again()}>{words("shell.tryAgain")}</Button>}>
            {said("admin.away")}
          </Empty>
        </Match>
        <Match when={list.page()?.people.length === 0}>
          <Empty title={said("admin.noneTitle")}>{said("admin.none")}</Empty>
        </Match>
        <Match when={list.page()}>
          {(page) => (
            <>
              <ul class="rows" aria-busy={list.busy()}>
                <For each={page().people}>
                  {(person) => (
                    <li>
                      <PersonRow person={person} entries={entriesOf(person)} />
                    </li>
                  )}
                </For>
              </ul>
              <Show when={page().more}>
                <p class="mt-4">
                  <Button look="soft" busy={list.busy()} onClick={() => void list.more()}>
                    {said("admin.more")}
                  </Button>
                </p>
              </Show>
            </>
          )}
        </Match>
      </Switch>
      <AddPerson
        open={adding()}
        onAdd={calls.create}
        onAdded={(letter) => {
          setAdding(false);
          setSent(letter);
          void list.again();
        }}
        onClose={() => setAdding(false)}
      />
      <ChangeRole person={asked("role")} onSave={(next) => answer("role", (person) => calls.change(person.id, { systemRole: next }), () => said("admin.changed"))} onClose={close} />
      <Confirm
        open={asked("suspend") !== null}
        title={said("admin.suspendTitle", { name: asked("suspend")?.name ?? "" })}
        text={said("admin.suspendText")}
        action={said("admin.suspend")}
        onDo={() => answer("suspend", (person) => calls.change(person.id, { state: "suspended" }), ({ name }) => said("admin.suspendedDone", { name }))}
        onClose={close}
      />
      <Confirm
        open={asked("sign-out") !== null}
        title={said("admin.signOutTitle", { name: asked("sign-out")?.name ?? "" })}
        text={said("admin.signOutText")}
        action={said("admin.signOut")}
        onDo={() => answer("sign-out", (person) => calls.signOut(person.id).then(() => null), ({ name }) => said("admin.signedOut", { name }))}
        onClose={close}
      />
      <LetterSent sent={sent()} onClose={() => setSent(null)} />
    </Page>
  );
}

/** Who has an account, for administrators. The server decides; others are not shown a screen that would only refuse them. */
export default function PeopleView() {
  const user = useUser();
  return (
    <Show when={user().systemRole === "administrator"} fallback={<NotFoundView />}>
      <People />
    </Show>
  );
}
