import { For, type JSX, Show } from "solid-js";
import type { Health, SettingsChange } from "@mochila/shared/admin/school.ts";
import { formatBytes, formatDateTime, formatNumber } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { createAsked } from "../ui/asked.ts";
import { Button } from "../ui/Button.tsx";
import { Choice } from "../ui/Field.tsx";
import { Banner, Empty, Skeleton } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { createTurns } from "../ui/turns.ts";
import { AuditLog } from "./AuditLog.tsx";
import { showFailure } from "./failure.ts";
import { createSendsLetters } from "./links/calls.ts";
import { type SchoolCalls, useSchoolCalls } from "./school.ts";
import { said } from "./words.ts";
import "./admin.css";

const Section = (props: { id: string; title: string; children: JSX.Element }) => (
  <section class="section" aria-labelledby={props.id}>
    <div class="section-head">
      <h2 id={props.id}>{props.title}</h2>
    </div>
    {props.children}
  </section>
);

/** What was decided with a newer version stands there and cannot be chosen here. */
const optionsOf = <Value extends string>(known: readonly Exclude<Value, "other">[], now: Value, label: (value: Exclude<Value, "other">) => string): { value: Value; label: string }[] => [
  ...known.map((value) => ({ value, label: label(value) })),
  ...(now === "other" ? [{ value: now, label: said("admin.setting_other") }] : []),
];

function Settings(props: { calls: SchoolCalls }) {
  const settings = createAsked(() => props.calls.settings().catch(() => null));
  const sendsLetters = createSendsLetters();
  const inTurn = createTurns();
  const decide = (change: SettingsChange) =>
    inTurn(() => props.calls.decide(change)).then(
      (now) => {
        // Where nobody has chosen it, it follows who can make an account.
        const followed = change.invitations === undefined && now.invitations !== settings.answer()?.invitations;
        settings.put(now);
        showToast(said(followed ? "admin.invitationsFollowed" : "admin.saved"));
      },
      showFailure,
    );
  return (
    <Show when={settings.answer()}>
      {(now) => (
        <div class="narrow-column">
          <Choice
            label={said("admin.signUp")}
            value={now().signUp}
            options={optionsOf(["closed", "open"], now().signUp, (value) => said(`admin.signUp_${value}`))}
            onChoose={(signUp) => signUp !== "other" && decide({ signUp })}
          />
          <Show when={now().signUp === "open" && sendsLetters() === false}>
            <Banner icon="warn">{said("admin.signUpNoLetters")}</Banner>
          </Show>
          <Choice
            label={said("admin.invitations")}
            hint={said(sendsLetters() === false ? "admin.invitationsTextByHand" : "admin.invitationsText")}
            value={now().invitations}
            options={optionsOf(["instructors", "administrators"], now().invitations, (value) => said(`admin.invitations_${value}`))}
            onChoose={(invitations) => invitations !== "other" && decide({ invitations })}
          />
          <Choice
            label={said("admin.secondFactor")}
            hint={said("admin.secondFactorText")}
            value={now().secondFactor}
            options={optionsOf(["required", "optional"], now().secondFactor, (value) => said(`admin.secondFactor_${value}`))}
            onChoose={(secondFactor) => secondFactor !== "other" && decide({ secondFactor })}
          />
        </div>
      )}
    </Show>
  );
}

const BACKUP_AGE_MS_MAX = 48 * 3_600_000;
const FREE_SHARE_MIN = 0.1;
const HELD_BACK_MS_MAX = 20_000;
const UNCHAINED_MAX = 1_000;
const EVENTS_MAX = 100_000;

/** What is not as it should be; each has a sentence that says what to do. */
function concernsOf({ letters, events, feedHeldBackMs, storage, backup, audit }: Health, now: number) {
  const looked = {
    backup: backup === null || now - backup.at > BACKUP_AGE_MS_MAX,
    disk: storage.freeBytes < storage.sizeBytes * FREE_SHARE_MIN,
    letters: letters.refused + letters.givenUp > 0,
    feed: feedHeldBackMs > HELD_BACK_MS_MAX,
    events: events.waiting > EVENTS_MAX,
    audit: audit.waiting > UNCHAINED_MAX,
  };
  return (Object.keys(looked) as (keyof typeof looked)[]).filter((name) => looked[name]);
}

/** The figures that tell whether something has to be done, in words. */
function HealthFacts(props: { health: Health }) {
  const now = useNow();
  const facts = (): [string, string][] => {
    const { letters, events, feedHeldBackMs, storage, backup, audit, versions, upMs } = props.health;
    return [
      [said("admin.lettersWaiting"), letters.sends ? formatNumber(letters.waiting) : said("admin.lettersNone")],
      [said("admin.lettersFailed"), formatNumber(letters.refused + letters.givenUp)],
      [said("admin.reports"), said(`admin.reports_${events.reports}`)],
      [said("admin.eventsWaiting"), formatNumber(events.waiting)],
      [said("admin.feed"), `${formatNumber(Math.round(feedHeldBackMs / 100) / 10)} s`],
      [said("admin.database"), formatBytes(storage.databaseBytes)],
      [said("admin.files"), formatBytes(storage.filesBytes)],
      [said("admin.disk"), formatBytes(storage.freeBytes)],
      [said("admin.backup"), backup ? `${formatDateTime(backup.at, now())}, ${formatBytes(backup.bytes)}` : said("admin.backupNever")],
      [said("admin.auditWaiting"), formatNumber(audit.waiting)],
      [said("admin.versions"), `Node ${versions.node}, PostgreSQL ${versions.postgres}, ${said("admin.form", { number: versions.migration.slice(0, 4) })}`],
      [said("admin.up"), formatDateTime(now() - upMs, now())],
    ];
  };
  return (
    <>
    <For each={concernsOf(props.health, now())}>{(concern) => <Banner icon="warn">{said(`admin.mend_${concern}`)}</Banner>}</For>
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
    </>
  );
}

/** Settings, the machine and the log. */
export default function SchoolView() {
  const words = useWords();
  const calls = useSchoolCalls();
  const health = createAsked(() => calls.health().catch(() => null));
  return (
    <Page title={said("admin.school")} crumbs={[{ href: "/you", label: words("shell.you") }]}>
      <div class="title">
        <h1>{said("admin.school")}</h1>
        <p>{said("admin.schoolIntro")}</p>
      </div>
      <Show when={health.answer() !== undefined} fallback={<Skeleton label={words("shell.loading")} rows={6} />}>
        <Show
          when={health.answer()}
          fallback={
            <Empty title={said("admin.awayTitle")} action={<Button look="soft" onClick={() => void health.again()}>{words("shell.tryAgain")}</Button>}>
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
