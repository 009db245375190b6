import { createMemo, createSignal, For, Show } from "solid-js";
import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { LinkSent, PersonLine } from "@mochila/shared/admin/person.ts";
import { formatAgo, formatDate, formatNumber } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Confirm } from "../ui/Confirm.tsx";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Menu, type MenuEntry } from "../ui/Menu.tsx";
import { Empty } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { PagedList } from "../ui/PagedList.tsx";
import { showToast } from "../ui/toast.ts";
import { Face } from "../users/Face.tsx";
import { saveFile } from "../users/save-file.ts";
import { useUser } from "../users/queries.ts";
import { ActAs } from "./acting/ActAs.tsx";
import { EndedNote } from "./acting/EndedNote.tsx";
import { said as saidOfActing } from "./acting/words.ts";
import { BulkBar } from "./bulk/BulkBar.tsx";
import { createSendsLetters } from "./links/calls.ts";
import { PasswordLink } from "./links/PasswordLink.tsx";
import { createSelection, type Selection } from "./bulk/selection.ts";
import { said as saidOfBulk } from "./bulk/words.ts";
import { createPeopleList, type PeopleCalls, usePeopleCalls } from "./people.ts";
import { AddPerson, ChangeRole, LetterSent, refusalNote } from "./PersonDialogs.tsx";
import { showFailure } from "./failure.ts";
import { NameAndEmail } from "./NameAndEmail.tsx";
import { ClosePerson } from "./ClosePerson.tsx";
import { said } from "./words.ts";
import "../ui/lists.css";
import "./admin.css";

type Question = { readonly kind: "act" | "names" | "role" | "suspend" | "password-link" | "sign-out" | "second-factor" | "close"; readonly person: PersonLine };

function PersonRow(props: { person: PersonLine; entries: MenuEntry[]; selection: Selection }) {
  const now = useNow();
  const standing = () => {
    if (props.person.closingAt !== null) return said("admin.closing", { when: formatDate(props.person.closingAt, now()) });
    if (props.person.state === "suspended") return said("admin.suspended");
    if (!props.person.canSignIn) return said("admin.invited");
    return props.person.confirmed ? null : said("admin.unconfirmed");
  };
  return (
    <div class="row" data-person={props.person.email}>
      <Show when={props.selection.on()} fallback={<Face name={props.person.name} picture={props.person.picture} />}>
        <label class="pick-row">
          <input type="checkbox" aria-label={saidOfBulk("bulk.selectNamed", { name: props.person.name })} checked={props.selection.has(props.person.id)} onChange={() => props.selection.toggle(props.person.id)} />
        </label>
      </Show>
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
      <Show when={props.entries.length > 0 && !props.selection.on()}>
        <span class="row-end">
          <Menu label={said("admin.actionsFor", { name: props.person.name })} entries={props.entries} />
        </span>
      </Show>
    </div>
  );
}

/** Everything that can be done to one person, as the menu of their row; what others feel at once asks first. */
function useEntries(parts: { calls: PeopleCalls; put: (line: PersonLine) => void; ask: (question: Question) => void; sendsLetters: () => boolean | undefined; onSent: (sent: LinkSent) => void }) {
  const own = useUser();
  const byHand = () => parts.sendsLetters() === false;
  // Who was invited has a week for it; a letter for a forgotten password opens half an hour, a link that is handed on a day.
  const lettersOf = (person: PersonLine): MenuEntry[] => {
    const { id, canSignIn, systemRole } = person;
    if (!canSignIn) return [{ icon: "inbox", text: said(byHand() ? "admin.inviteByHand" : "admin.invite"), run: () => void parts.calls.invite(id).then(parts.onSent, showFailure) }];
    if (!byHand()) return [{ icon: "lock", text: said("admin.reset"), run: () => void parts.calls.reset(id).then(parts.onSent, showFailure) }];
    // Nobody gets a link into an administrator's account (U15).
    return systemRole === "administrator" ? [] : [{ icon: "lock", text: said("admin.resetByHand"), run: () => parts.ask({ kind: "password-link", person }) }];
  };
  return (person: PersonLine): MenuEntry[] => {
    if (person.id === own().id) return [];
    const resume = () =>
      void parts.calls.change(person.id, { state: "active" }).then((line) => {
        parts.put(line);
        showToast(said("admin.resumedDone", { name: line.name }));
      }, showFailure);
    const names: MenuEntry = { icon: "pencil", text: said("admin.names"), run: () => parts.ask({ kind: "names", person }) };
    if (person.state === "suspended") return [{ icon: "undo", text: said("admin.resume"), run: resume }, names];
    return [
      // Rights are not borrowed sideways (AC1).
      ...(person.systemRole === "administrator" ? [] : [{ icon: "eye", text: saidOfActing("acting.action"), run: () => parts.ask({ kind: "act", person }) } as const]),
      names,
      { icon: "users", text: said("admin.changeRole"), run: () => parts.ask({ kind: "role", person }) },
      ...(person.picture === null ? [] : [{ icon: "image" as const, text: said("admin.removePicture"), run: () => void parts.calls.removePicture(person.id).then(() => {
        parts.put({ ...person, picture: null });
        showToast(said("admin.pictureRemoved", { name: person.name }));
      }, showFailure) }]),
      ...lettersOf(person),
      { icon: "phone", text: said("admin.signOut"), run: () => parts.ask({ kind: "sign-out", person }) },
      ...(person.secondFactors > 0 ? [{ icon: "trash", text: said("admin.removeFactor"), run: () => parts.ask({ kind: "second-factor", person }) } as const] : []),
      { icon: "trash", text: said("admin.closeAccount"), run: () => parts.ask({ kind: "close", person }) },
      { icon: "warn", text: said("admin.suspend"), run: () => parts.ask({ kind: "suspend", person }) },
    ];
  };
}

const filters = ["all", "student", "instructor", "administrator"] as const;

/** Who has an account. */
export default function PeopleView() {
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
  const sendsLetters = createSendsLetters();
  const selection = createSelection(() => list.page()?.people ?? []);
  const [exporting, setExporting] = createSignal(false);
  const exportList = async () => {
    setExporting(true);
    await calls.export(filter()).then((file) => saveFile(file, saidOfBulk("bulk.exportName")), showFailure);
    setExporting(false);
  };
  const entriesOf = useEntries({ calls, put: list.put, ask: setQuestion, sendsLetters, onSent: setSent });
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
    <Page title={said("admin.people")} crumbs={[{ href: "/you", label: words("shell.you") }]}>
      <div class="title">
        <h1>{said("admin.people")}</h1>
        <Show when={list.page()}>{(page) => <p>{said("admin.accounts", { count: page().counts.all })}</p>}</Show>
      </div>
      <EndedNote />
      <p class="btns mb-4">
        <Button icon="plus" onClick={() => setAdding(true)}>
          {said("admin.add")}
        </Button>
        <LinkButton href="/admin/import">
          {said("admin.importLink")}
        </LinkButton>
        <Button look="soft" busy={exporting()} onClick={() => void exportList()}>
          {saidOfBulk("bulk.export")}
        </Button>
        <Button look="soft" aria-pressed={selection.on()} onClick={() => selection.setOn(!selection.on())}>
          {saidOfBulk(selection.on() ? "bulk.stop" : "bulk.select")}
        </Button>
      </p>
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
      <BulkBar selection={selection} calls={calls} sendsLetters={sendsLetters()} onDone={() => void list.again()} />
      <PagedList
        list={list}
        skeletonRows={6}
        awayTitle={said("admin.awayTitle")}
        away={said("admin.away")}
        none={<Empty title={said("admin.noneTitle")}>{said("admin.none")}</Empty>}
        more={said("admin.more")}
        linesOf={(page) => page.people}
      >
        {(person) => <PersonRow person={person} entries={entriesOf(person)} selection={selection} />}
      </PagedList>
      <AddPerson
        open={adding()}
        byHand={sendsLetters() === false}
        onAdd={calls.create}
        onAdded={(letter) => {
          setAdding(false);
          setSent(letter);
          void list.again();
        }}
        onClose={() => setAdding(false)}
      />
      <ActAs person={asked("act")} calls={calls} sendsLetters={sendsLetters()} onClose={close} />
      <NameAndEmail
        person={asked("names")}
        byHand={sendsLetters() === false}
        onSave={calls.change}
        onSaved={(changed) => {
          list.put(changed);
          close();
          if (changed.sent) setSent(changed.sent);
          else showToast(said("admin.changed"));
        }}
        onClose={close}
      />
      <ChangeRole person={asked("role")} onSave={(next) => answer("role", (person) => calls.change(person.id, { systemRole: next }), () => said("admin.changed"))} onClose={close} />
      <Confirm
        open={asked("suspend") !== null}
        title={said("admin.suspendTitle", { name: asked("suspend")?.name ?? "" })}
        text={said("admin.suspendText")}
        action={said("admin.suspend")}
        onDo={() => answer("suspend", (person) => calls.change(person.id, { state: "suspended" }), ({ name }) => said("admin.suspendedDone", { name }))}
        problem={refusalNote}
        onClose={close}
      />
      <Confirm
        open={asked("second-factor") !== null}
        title={said("admin.removeFactorTitle", { name: asked("second-factor")?.name ?? "" })}
        text={said(sendsLetters() === false ? "admin.removeFactorTextByHand" : "admin.removeFactorText")}
        action={said("admin.removeFactor")}
        onDo={() => answer("second-factor", (person) => calls.removeFactors(person.id), ({ name }) => said("admin.factorRemoved", { name }))}
        problem={refusalNote}
        onClose={close}
      />
      <Confirm
        open={asked("sign-out") !== null}
        title={said("admin.signOutTitle", { name: asked("sign-out")?.name ?? "" })}
        text={said("admin.signOutText")}
        action={said("admin.signOut")}
        onDo={() => answer("sign-out", (person) => calls.signOut(person.id).then(() => null), ({ name }) => said("admin.signedOut", { name }))}
        problem={refusalNote}
        onClose={close}
      />
      <PasswordLink
        person={asked("password-link")}
        calls={calls}
        onMade={(letter) => {
          close();
          setSent(letter);
        }}
        onClose={close}
      />
      <ClosePerson
        person={asked("close")}
        calls={calls}
        onClose={close}
        onClosed={(person) => {
          close();
          list.drop(person);
          showToast(said("admin.closedDone", { name: person.name }));
        }}
      />
      <LetterSent sent={sent()} onClose={() => setSent(null)} />
    </Page>
  );
}
