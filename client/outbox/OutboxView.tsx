import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js";
import { formatAgo, formatBytes } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import type { OutboxEntry } from "../person.ts";
import { Button, IconButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Empty, Skeleton } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { useNeedsSignIn } from "../users/queries.ts";
import { useOutboxActions } from "./actions.ts";
import { iconOf, workKind } from "./entry-words.ts";
import { NeedsAttention } from "./NeedsAttention.tsx";
import { useNames, useOutbox, useRescued, useSyncStatus } from "./queries.ts";

const MINUTE_MS = 60_000;

function Waiting(props: { entry: OutboxEntry; name: string; onSend: () => void }) {
  const words = useWords();
  const now = useNow();
  const title = () => {
    const kind = workKind(props.entry);
    if (kind === "events") return words("outbox.kind_events", { count: props.entry.count ?? 0 });
    const what = words(`outbox.kind_${kind}`);
    return props.name ? `${what}: ${props.name}` : what;
  };
  return (
    <div class="row">
      <Icon name={iconOf[workKind(props.entry)]} />
      <span class="row-main">
        <span class="row-title">{title()}</span>
        <span class="row-meta">
          <span class="num">{formatBytes(props.entry.bytes)}</span>
          <Show when={props.entry.at}>{(at) => <span>{formatAgo(at(), now())}</span>}</Show>
        </span>
      </span>
      <span class="row-end">
        <IconButton icon="retry" label={words("outbox.sendOne", { name: title() })} onClick={() => props.onSend()} />
      </span>
    </div>
  );
}

/** Everything that the school does not have yet, and what it did not take: by name, with its size and age. Nothing disappears. */
export default function OutboxView() {
  const words = useWords();
  const status = useSyncStatus();
  const rescued = useRescued();
  const entries = useOutbox();
  const actions = useOutboxActions();
  const now = useNow();
  const signInNeeded = useNeedsSignIn();
  const [busy, setBusy] = createSignal(false);
  /** Of the last try that the person asked for. */
  const [outcome, setOutcome] = createSignal<"reached" | "unreachable">();
  const nameOf = useNames(createMemo(() => [...rescued(), ...(entries() ?? [])]));
  // The record of what was opened is nobody's work: it is told quietly below, and never counts as waiting.
  const waiting = () => entries()?.filter((entry) => entry.kind !== "events");
  const events = () => (entries() ?? []).reduce((sum, entry) => sum + (entry.kind === "events" ? (entry.count ?? 0) : 0), 0);
  const bytes = () => (waiting() ?? []).reduce((sum, entry) => sum + entry.bytes, 0);
  const changes = () => waiting()?.length ?? 0;
  const send = async () => {
    setBusy(true);
    setOutcome(undefined);
    setOutcome((await actions.sendNow()) ? "reached" : "unreachable");
    setBusy(false);
  };
  const said = () => {
    if (outcome() === "unreachable" && !status().reachable) return words(signInNeeded() ? "outbox.signInFirst" : "outbox.unreachable");
    if (outcome() === undefined) return "";
    return words(changes() > 0 ? "outbox.reachedSome" : rescued().length > 0 ? "outbox.reached" : "outbox.reachedAll");
  };
  const summary = () => {
    if (!entries() && rescued().length === 0) return "";
    const parts = [];
    if (changes() > 0) parts.push(words("outbox.waiting", { count: changes() }));
    if (rescued().length > 0) parts.push(words("outbox.needYou", { count: rescued().length }));
    if (parts.length > 0) return `${parts.join(" ")} ${words("outbox.nothingLost")}`;
    return words(events() > 0 ? "outbox.onlyEvents" : "outbox.allSent");
  };
  return (
    <Page title={words("shell.outbox")}>
      <div class="split">
        <div>
          <div class="title">
            <h1>{words("shell.outbox")}</h1>
            <p>{summary()}</p>
          </div>
          <NeedsAttention works={rescued()} nameOf={nameOf} />
          <Show when={changes() > 0}>
            <section class="section" aria-labelledby="waiting">
              <div class="section-head">
                <h2 id="waiting">{words("outbox.waitingTitle")}</h2>
                <span class="tiny faint num">{formatBytes(bytes())}</span>
              </div>
              <ul class="rows">
                <For each={waiting()}>
                  {(entry) => (
                    <li>
                      <Waiting entry={entry} name={nameOf(entry)} onSend={() => void send()} />
                    </li>
                  )}
                </For>
              </ul>
            </section>
          </Show>
          <Switch>
            <Match when={entries() === undefined}>
              <Skeleton label={words("shell.loading")} />
            </Match>
            <Match when={entries() === null}>
              <Empty title={words("shell.failedTitle")}>{words("shell.failed")}</Empty>
            </Match>
            <Match when={waiting()?.length === 0 && rescued().length === 0}>
              <Empty title={words("outbox.emptyTitle")}>{words("outbox.empty")}</Empty>
            </Match>
          </Switch>
        </div>
        <aside aria-label={words("outbox.aside")}>
          <section class="section">
            <Button look="soft" icon="sync" wide busy={busy()} onClick={() => void send()}>
              {words("outbox.tryAll")}
            </Button>
            <p class="mt-2" role="status">
              {said()}
            </p>
            <Show when={!status().reachable && !outcome()}>
              <p class="small soft mt-2">{words(signInNeeded() ? "outbox.signInFirst" : "outbox.offline")}</p>
            </Show>
            <p class="small soft mt-2">
              <Show when={status().lastSyncedAt} fallback={words("outbox.neverSynced")}>
                {(at) => (now() - at() < MINUTE_MS ? words("outbox.lastSyncedNow") : words("outbox.lastSynced", { ago: formatAgo(at(), now()) }))}
              </Show>
            </p>
            <p class="small soft mt-2">{words("outbox.goesByItself")}</p>
            <Show when={events() > 0}>
              <p class="small faint mt-2">{words("outbox.eventsWait", { count: events() })}</p>
            </Show>
          </section>
        </aside>
      </div>
    </Page>
  );
}
