import { createSignal, For, Match, Show, Switch } from "solid-js";
import type { FullCourse, PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { formatDateTime, formatNumber } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button, LinkButton } from "../../ui/Button.tsx";
import { Switch as Toggle } from "../../ui/Field.tsx";
import { Banner, Empty, Skeleton } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { Meter } from "../../ui/Progress.tsx";
import { Confirm } from "../../ui/Confirm.tsx";
import { titleWords } from "../courses/words.ts";
import { showFailure } from "../failure.ts";
import { createSendsLetters, useLinkCalls } from "../links/calls.ts";
import { HandOn, type Wanted } from "../links/HandOn.tsx";
import { said as saidOfLinks } from "../links/words.ts";
import type { ImportCalls } from "./calls.ts";
import { createImportNow, isAtWork } from "./import-now.ts";
import { Lines } from "./Lines.tsx";
import { said } from "./words.ts";

const counts = ["accounts", "systemRoles", "enrolled", "courseRoles", "courseEnds", "same", "problems", "kept"] as const;
const changesOf = ({ accounts, systemRoles, enrolled, courseRoles, courseEnds }: PeopleImport): number => accounts + systemRoles + enrolled + courseRoles + courseEnds;

function Counts(props: { one: PeopleImport }) {
  return (
    <dl class="facts import-counts">
      <For each={counts.filter((name) => props.one[name] > 0)}>
        {(name) => (
          <>
            <dt>{said(`imports.${name}`)}</dt>
            <dd class="num" classList={{ "alert-text": name === "problems" }}>
              {formatNumber(props.one[name])}
            </dd>
          </>
        )}
      </For>
    </dl>
  );
}

/** A note, no problem: whoever the file puts into a course gets in, also beyond its seats. */
function FullCourses(props: { courses: readonly FullCourse[] }) {
  const isAhead = () => props.courses.some(({ students, after }) => after > students);
  const line = ({ title, seats, students, after }: FullCourse) => {
    const now = { course: titleWords(title), seats, students };
    return after > students ? said("imports.fullLine", { ...now, after }) : said("imports.fullLineNow", now);
  };
  return (
    <Show when={props.courses.length > 0}>
      <div class="mt-4">
        <Banner icon="warn">
          <p>{said(isAhead() ? "imports.fullBefore" : "imports.fullNow", { count: props.courses.length })}</p>
          <ul class="points" data-full>
            <For each={props.courses}>{(course) => <li>{line(course)}</li>}</For>
          </ul>
        </Banner>
      </div>
    </Show>
  );
}

const backs = ["accounts", "systemRoles", "enrolled", "courseRoles", "courseEnds"] as const;

/** After it was taken back: what of it, and how much was left. What it had put in would say the opposite. */
function TakenBack(props: { one: PeopleImport }) {
  return (
    <>
      <h2 class="unseen">{said("imports.backTitle")}</h2>
      <dl class="facts import-counts">
        <For each={backs.filter((name) => props.one.takenBack[name] > 0)}>
          {(name) => (
            <>
              <dt>{said(`imports.back_${name}`)}</dt>
              <dd class="num">{formatNumber(props.one.takenBack[name])}</dd>
            </>
          )}
        </For>
        <Show when={props.one.kept > 0}>
          <dt>{said("imports.back_kept")}</dt>
          <dd class="num alert-text">{formatNumber(props.one.kept)}</dd>
        </Show>
      </dl>
      <Show when={props.one.kept > 0}>
        <p class="small soft mt-2">{said("imports.keptText")}</p>
      </Show>
    </>
  );
}

/** How far it is, told to screen readers as a whole number of steps, not each second. */
function Progress(props: { one: PeopleImport }) {
  const share = () => (props.one.toHandle === 0 ? 1 : props.one.handled / props.one.toHandle);
  const words = () => said("imports.progress", { done: formatNumber(props.one.handled), total: formatNumber(props.one.toHandle) });
  return (
    <div class="mb-4">
      <Meter share={share()} label={words()} />
      <p class="small soft mt-2" role="status">
        {words()}. {said("imports.leaveOpen")}
      </p>
    </div>
  );
}

interface Deciding {
  readonly one: PeopleImport;
  readonly busy: boolean;
  /** False: links go through hands. Undefined: not known. */
  readonly sendsLetters: boolean | undefined;
  readonly onRun: (invites: boolean) => void;
  readonly onCancel: () => void;
  readonly onUndo: () => void;
  readonly onHandOn: () => void;
}

/** What can be done with it now. */
function Decision(props: Deciding) {
  const [invites, setInvites] = createSignal(false);
  const begin = () => (props.one.problems > 0 ? said("imports.beginWithout", { count: props.one.problems }) : said("imports.begin", { count: props.one.toHandle }));
  const undoButton = () => (
    <Show when={changesOf(props.one) > 0 && props.one.handled > 0}>
      <Button look="soft" icon="undo" busy={props.busy} onClick={() => props.onUndo()}>
        {said("imports.undo")}
      </Button>
    </Show>
  );
  const handOn = () => (
    <Show when={props.sendsLetters === false && props.one.accounts > 0 && props.one.handled > 0}>
      <Banner icon="inbox">{saidOfLinks("links.nowHand", { count: props.one.accounts })}</Banner>
      <p class="btns mb-4">
        <Button icon="link" onClick={() => props.onHandOn()}>
          {saidOfLinks("links.button")}
        </Button>
      </p>
    </Show>
  );
  return (
    <Switch>
      <Match when={props.one.state === "checked" && changesOf(props.one) > 0}>
        <Show when={props.one.accounts > 0 && props.sendsLetters === true}>
          <div class="narrow-column">
            <Toggle label={said("imports.invite")} hint={said("imports.inviteHint")} checked={invites()} onChange={setInvites} />
          </div>
        </Show>
        <Show when={props.one.accounts > 0 && props.sendsLetters === false}>
          <Banner icon="inbox">{saidOfLinks("links.byHand")}</Banner>
        </Show>
        <p class="btns mt-4">
          <Button icon="check" busy={props.busy} onClick={() => props.onRun(invites())}>
            {begin()}
          </Button>
          <LinkButton href="/admin/import">{said("imports.chooseOther")}</LinkButton>
        </p>
      </Match>
      <Match when={props.one.state === "checked"}>
        <Banner icon={props.one.problems > 0 && props.one.same === 0 ? "circle-alert" : "check"} role={props.one.problems > 0 && props.one.same === 0 ? "alert" : "info"}>
          {props.one.problems > 0 && props.one.same === 0 ? said("imports.allWrong") : said("imports.nothing")}
        </Banner>
        <LinkButton href="/admin/import">{said("imports.chooseOther")}</LinkButton>
      </Match>
      <Match when={isAtWork(props.one)}>
        <Progress one={props.one} />
        <Show when={props.one.state === "running"}>
          <Button look="soft" busy={props.busy} onClick={() => props.onCancel()}>
            {said("imports.stop")}
          </Button>
        </Show>
      </Match>
      <Match when={props.one.state === "canceled"}>
        {handOn()}
        <Banner icon="pause">{said("imports.stopped", { done: formatNumber(props.one.handled), total: formatNumber(props.one.toHandle) })}</Banner>
        <p class="btns">
          <Button icon="play" busy={props.busy} onClick={() => props.onRun(props.one.invites)}>
            {said("imports.goOn")}
          </Button>
          {undoButton()}
        </p>
      </Match>
      <Match when={props.one.state === "done"}>
        {handOn()}
        <p class="btns">{undoButton()}</p>
      </Match>
    </Switch>
  );
}

/** An import: what it would do, does or did. */
export function OneImport(props: { id: string; calls: ImportCalls }) {
  const words = useWords();
  const time = useNow();
  const { now, put, look } = createImportNow(props.calls, () => props.id);
  const [busy, setBusy] = createSignal(false);
  const [asking, setAsking] = createSignal(false);
  const sendsLetters = createSendsLetters();
  const links = useLinkCalls();
  const [wanted, setWanted] = createSignal<Wanted | null>(null);
  const one = () => {
    const found = now();
    return typeof found === "object" ? found : undefined;
  };
  const decide = async (work: () => Promise<PeopleImport>) => {
    setBusy(true);
    await work().then(put, (error: unknown) => {
      showFailure(error);
      return look();
    });
    setBusy(false);
  };
  const undo = async () => {
    setAsking(false);
    await decide(() => props.calls.undo(props.id));
  };
  return (
    <Switch>
      <Match when={now() === undefined}>
        <h1 class="unseen">{said("imports.title")}</h1>
        <Skeleton label={words("shell.loading")} rows={6} />
      </Match>
      <Match when={now() === "away"}>
        <h1 class="unseen">{said("imports.title")}</h1>
        <Empty title={said("imports.awayTitle")} action={<Button look="soft" onClick={() => void look()}>{words("shell.tryAgain")}</Button>}>
          {said("imports.away")}
        </Empty>
      </Match>
      <Match when={now() === "gone"}>
        <h1 class="unseen">{said("imports.title")}</h1>
        <Empty title={said("imports.title")} action={<LinkButton href="/admin/import">{said("imports.choose")}</LinkButton>}>
          {said("imports.gone")}
        </Empty>
      </Match>
      <Match when={one()}>
        {(found) => (
          <div data-import={found().state}>
            <div class="title">
              <h1 class="file-name">{found().fileName}</h1>
              <p>
                {said(`imports.state_${found().state}`)} · {said("imports.lines", { count: found().lines })} · {formatDateTime(found().at, time())}
              </p>
            </div>
            <Show when={found().state === "undone"} fallback={<Counts one={found()} />}>
              <TakenBack one={found()} />
            </Show>
            <FullCourses courses={found().fullCourses} />
            <Show when={found().ignored.length > 0}>
              <p class="small soft mt-2">{said("imports.ignored", { columns: found().ignored.join(", ") })}</p>
            </Show>
            <div class="mt-4">
              <Decision
                one={found()}
                busy={busy()}
                sendsLetters={sendsLetters()}
                onRun={(invites) => void decide(() => props.calls.run(props.id, invites))}
                onCancel={() => void decide(() => props.calls.cancel(props.id))}
                onUndo={() => setAsking(true)}
                onHandOn={() => setWanted({ count: found().accounts, batches: () => links.ofImport(props.id) })}
              />
            </div>
            <Show when={!isAtWork(found())}>
              <Lines one={found()} calls={props.calls} />
            </Show>
            <HandOn wanted={wanted()} onClose={() => setWanted(null)} />
            <Confirm open={asking()} title={said("imports.undoTitle")} text={said("imports.undoText")} action={said("imports.undoDo")} onDo={undo} onClose={() => setAsking(false)} />
          </div>
        )}
      </Match>
    </Switch>
  );
}
