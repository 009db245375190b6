import { createResource, createSignal, For, type JSX, Show } from "solid-js";
import type { AuditLine, AuditPage, Health, SchoolSettings } from "@mochila/shared/admin/school.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatBytes, formatDateTime, formatNumber } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Field.tsx";
import { Banner, Empty, Skeleton } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { useUser } from "../users/queries.ts";
import { type SchoolCalls, useSchoolCalls } from "./school.ts";
import { said } from "./words.ts";
import "./admin.css";

const actions = [
  "person_create", "person_change", "person_role", "person_suspend", "person_resume", "person_reset", "person_sessions_ended", "password_reset", "password_change",
  "email_confirm", "email_change", "sign_in", "setting_change",
] as const;

const actionOf = (line: AuditLine): string => {
  const name = line.action.replaceAll(/[.-]/g, "_");
  return said(`admin.action_${actions.find((one) => one === name) ?? "other"}`);
};

const Section = (props: { id: string; title: string; children: JSX.Element }) => (
  <section class="section" aria-labelledby={props.id}>
    <div class="section-head">
      <h2 id={props.id}>{props.title}</h2>
    </div>
    {props.children}
  </section>
);

function Settings(props: { calls: SchoolCalls }) {
  const [settings, { mutate }] = createResource(() => props.calls.settings().catch(() => null));
  const decide = (change: Partial<SchoolSettings>) =>
    void props.calls.decide(change).then(
      (now) => {
        mutate(now);
        showToast(said("admin.saved"));
      },
      () => showToast(said("admin.problem_other")),
    );
  return (
    <Show when={settings()}>
      {(now) => (
        <div class="narrow-column">
          <Choice
            label={said("admin.signUp")}
            value={now().signUp}
            options={(["closed", "open"] as const).map((value) => ({ value, label: said(`admin.signUp_${value}`) }))}
            onChoose={(signUp) => decide({ signUp })}
          />
        </div>
      )}
    </Show>
  );
}

/** The figures that tell whether something has to be done, in words. */
function HealthFacts(props: { health: Health }) {
  const now = useNow();
  const facts = (): [string, string][] => {
    const { letters, events, feedHeldBackMs, storage, audit, versions, upMs } = props.health;
    return [
      [said("admin.lettersWaiting"), letters.sends ? formatNumber(letters.waiting) : said("admin.lettersNone")],
      [said("admin.lettersFailed"), formatNumber(letters.refused + letters.givenUp)],
      [said("admin.reports"), said(`admin.reports_${events.reports}`)],
      [said("admin.eventsWaiting"), formatNumber(events.waiting)],
      [said("admin.feed"), `${formatNumber(Math.round(feedHeldBackMs / 100) / 10)} s`],
      [said("admin.database"), formatBytes(storage.databaseBytes)],
      [said("admin.auditWaiting"), formatNumber(audit.waiting)],
      [said("admin.versions"), `Node ${versions.node}, PostgreSQL ${versions.postgres}, ${versions.migration}`],
      [said("admin.up"), formatDateTime(now() - upMs, now())],
    ];
  };
  return (
    <dl class="facts health">
      <For each={facts()}>
        {([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        )}
      </For>
    </dl>
  );
}

function AuditLog(props: { calls: SchoolCalls }) {
  const now = useNow();
  const [page, setPage] = createSignal<AuditPage>();
  const [busy, setBusy] = createSignal(false);
  const [checked, setChecked] = createSignal<{ whole: boolean; sentence: string }>();
  const load = async (before?: string) => {
    setBusy(true);
    const next = await props.calls.audit(before).catch(() => null);
    if (next) setPage((loaded) => (before !== undefined && loaded ? { ...next, lines: [...loaded.lines, ...next.lines] } : next));
    setBusy(false);
  };
  void load();
  const check = () =>
    void props.calls.checkAudit().then(
      ({ whole, links, position }) => setChecked({ whole, sentence: whole ? said("admin.checkWhole", { count: links }) : said("admin.checkBroken", { position: position ?? "" }) }),
      () => showToast(said("admin.problem_other")),
    );
  const who = ({ by, about }: AuditLine): string => {
    const actor = by ?? said("admin.nobody");
    return about === null || about === by ? actor : said("admin.byAbout", { by: actor, about });
  };
  const detail = ({ details }: AuditLine): string => [details["from"], details["to"]].filter((part) => part !== undefined && part !== null).join(" → ");
  return (
    <>
      <p class="soft mb-4">{said("admin.auditText")}</p>
      <p class="btns mb-4">
        <Button look="soft" icon="check" onClick={check}>
          {said("admin.check")}
        </Button>
      </p>
      <div role="status">
        <Show when={checked()}>
          {(result) => (
            <Banner icon={result().whole ? "check" : "warn"} role={result().whole ? "info" : "alert"}>
              {result().sentence}
            </Banner>
          )}
        </Show>
      </div>
      <Show when={page()?.lines.length} fallback={<p class="soft">{said("admin.auditNone")}</p>}>
        <ul class="rows">
          <For each={page()?.lines}>
            {(line) => (
              <li class="row">
                <span class="row-main">
                  <span class="row-title">{actionOf(line)}</span>
                  <span class="row-meta">
                    <span>{who(line)}</span>
                    <Show when={detail(line)}>{(text) => <span>{text()}</span>}</Show>
                    <span class="num">{formatDateTime(line.at, now())}</span>
                  </span>
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <Show when={page()?.more}>
        <p class="mt-4">
          <Button look="soft" busy={busy()} onClick={() => void load(page()?.lines.at(-1)?.id)}>
            {said("admin.more")}
          </Button>
        </p>
      </Show>
    </>
  );
}

function School() {
  const words = useWords();
  const calls = useSchoolCalls();
  const [health, { refetch }] = createResource(() => calls.health().catch(() => null));
  return (
    <Page title={said("admin.school")} crumbs={[{ href: "/you", label: words("shell.you") }]}>
      <div class="title">
        <h1>{said("admin.school")}</h1>
        <p>{said("admin.schoolIntro")}</p>
      </div>
      <Show when={health.state === "ready" || health.state === "refreshing"} fallback={<Skeleton label={words("shell.loading")} rows={6} />}>
        <Show
          when={health()}
          fallback={
            <Empty title={said("admin.awayTitle")} action={<Button look="soft" onClick={() => void refetch()}>{words("shell.tryAgain")}</Button>}>
              {said("admin.away")}
            </Empty>
          }
        >
          {(now) => (
            <>
              <Section id="settings" title={said("admin.settings")}>
                <Settings calls={calls} />
              </Section>
              <Section id="health" title={said("admin.health")}>
                <HealthFacts health={now()} />
              </Section>
              <Section id="audit" title={said("admin.audit")}>
                <AuditLog calls={calls} />
              </Section>
            </>
          )}
        </Show>
      </Show>
    </Page>
  );
}

/** Settings, the machine and the log, for administrators. */
export default function SchoolView() {
  const user = useUser();
  return (
    <Show when={user().systemRole === "administrator"} fallback={<NotFoundView />}>
      <School />
    </Show>
  );
}
