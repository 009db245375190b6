import { createSignal, For, type JSX, Show } from "solid-js";
import { type AuditAction, auditActions } from "@mochila/shared/admin/audit-actions.ts";
import { AUDIT_EXPORT_MAX, type AuditFilter, type AuditLine, type AuditPage } from "@mochila/shared/admin/school.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { formatDateTime } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { Button } from "../ui/Button.tsx";
import { Choice, Field } from "../ui/Field.tsx";
import { Banner } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { showToast } from "../ui/toast.ts";
import { saveFile } from "../users/save-file.ts";
import { wordOf } from "@mochila/shared/admin/audit-words.ts";
import { detailWords } from "./audit-details.ts";
import { logged } from "./audit-words.ts";
import { showFailure } from "./failure.ts";
import type { SchoolCalls } from "./school.ts";
import { said } from "./words.ts";

const DAY_MS = 24 * 3_600_000;

/** Of a day that a person chose, in their own time; `days` later. */
const startOf = (day: string, days = 0): string | undefined => (day === "" ? undefined : String(new Date(`${day}T00:00`).getTime() + days * DAY_MS));

const isAction = (name: string): name is AuditAction => (auditActions as readonly string[]).includes(name);
const actionOf = ({ action }: AuditLine): string => logged(isAction(action) ? `audit.${wordOf(action)}` : "audit.action_other");

const nobodies = { person: "audit.by_gone", "command-line": "audit.by_command_line", school: "audit.by_school", outside: "audit.by_nobody", other: "audit.by_other" } as const;

/** Names are chosen and changed by those who bear them; the e-mail tells who it is. */
const withEmail = (name: string, email: string | null): string => (email === null ? name : said("admin.nameEmail", { name, email }));

const who = ({ by, byEmail, about, aboutEmail, from }: AuditLine): string => {
  const actor = by === null ? logged(nobodies[from]) : withEmail(by, byEmail);
  const whom = about === null ? actor : withEmail(about, aboutEmail);
  return whom === actor ? actor : said("admin.byAbout", { by: actor, about: whom });
};

function Search(props: { onSearch: (filter: AuditFilter) => void }) {
  const [action, setAction] = createSignal<AuditAction | "all">("all");
  /** The first day is after the last: nothing could fit, and that would tell nobody why. */
  const [isTurned, setIsTurned] = createSignal(false);
  const options = [{ value: "all" as const, label: logged("audit.action_all") }, ...auditActions.map((value) => ({ value, label: logged(`audit.${wordOf(value)}`) })).sort((a, b) => a.label.localeCompare(b.label))];
  const submit: JSX.EventHandler<HTMLFormElement, SubmitEvent> = (event) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const read = (name: string): string => {
      const value = fields.get(name);
      return typeof value === "string" ? value.trim() : "";
    };
    const chosen = action();
    const [since, until] = [read("since"), read("until")];
    setIsTurned(since !== "" && until !== "" && since > until);
    if (isTurned()) return;
    const [name, from, to] = [read("who"), startOf(since), startOf(until, 1)];
    props.onSearch({ ...(name !== "" && { who: name }), ...(chosen !== "all" && { action: chosen }), ...(from !== undefined && { from }), ...(to !== undefined && { to }) });
  };
  return (
    <form class="narrow-column mb-4" onSubmit={submit} onReset={() => (setAction("all"), setIsTurned(false), props.onSearch({}))}>
      <Field label={logged("audit.who")} hint={logged("audit.whoHint")} name="who" type="search" maxLength={100} autocomplete="off" />
      <Choice label={logged("audit.action")} value={action()} options={options} onChoose={setAction} />
      <Field label={logged("audit.since")} name="since" type="date" />
      <Field label={logged("audit.until")} name="until" type="date" error={isTurned() ? logged("audit.turned") : undefined} />
      <p class="btns">
        <Button look="soft" icon="search" type="submit">{logged("audit.search")}</Button>
        <Button look="bare" type="reset">{logged("audit.clear")}</Button>
      </p>
    </form>
  );
}

function Lines(props: { lines: readonly AuditLine[] }) {
  const now = useNow();
  return (
    <ul class="rows">
      <For each={props.lines}>
        {(line) => (
          <li class="row">
            <span class="row-main">
              <span class="row-title">{actionOf(line)}</span>
              <span class="row-meta">
                <span class="entry-who">{who(line)}</span>
                <span class="num">{formatDateTime(line.at, now())}</span>
              </span>
              <Show when={detailWords(line, now()).join(" · ")}>{(text) => <span class="small soft entry-details">{text()}</span>}</Show>
            </span>
          </li>
        )}
      </For>
    </ul>
  );
}

/** The chain, walked now. */
function Check(props: { calls: SchoolCalls }) {
  const [busy, setBusy] = createSignal(false);
  const [checked, setChecked] = createSignal<{ whole: boolean; sentence: string }>();
  const check = async (): Promise<void> => {
    setBusy(true);
    try {
      const { whole, links, position } = await props.calls.checkAudit();
      setChecked({ whole, sentence: whole ? said("admin.checkWhole", { count: links }) : said("admin.checkBroken", { position: position ?? "" }) });
    } catch (error) {
      showFailure(error);
    }
    setBusy(false);
  };
  return (
    <>
      <p class="btns mb-4">
        <Button look="soft" icon="check" busy={busy()} onClick={() => void check()}>{said("admin.check")}</Button>
      </p>
      <div role="status">
        <Show when={checked()}>
          {(result) => <Banner icon={result().whole ? "check" : "warn"} role={result().whole ? "info" : "alert"}>{result().sentence}</Banner>}
        </Show>
      </div>
    </>
  );
}

/** Who did what: searched, checked, saved. */
export function AuditLog(props: { calls: SchoolCalls }) {
  const [filter, setFilter] = createSignal<AuditFilter>({});
  const [page, setPage] = createSignal<AuditPage>();
  const [busy, setBusy] = createSignal(false);
  let question = 0;
  const load = async (before?: string): Promise<void> => {
    setBusy(true);
    const asked = (question += 1);
    let failure: unknown;
    const next = await props.calls.audit(filter(), before).catch((error: unknown) => {
      failure = error;
      return null;
    });
    // Somebody may have searched for something else meanwhile, or asked for more twice.
    if (asked !== question) return;
    if (next) setPage((loaded) => (before !== undefined && loaded ? { ...next, lines: [...loaded.lines, ...next.lines] } : next));
    else showFailure(failure);
    setBusy(false);
  };
  const search = (next: AuditFilter): void => {
    setFilter(next);
    void load();
  };
  const save = async (format: "csv" | "lines"): Promise<void> => {
    setBusy(true);
    try {
      saveFile(await props.calls.saveAudit({ ...filter(), format, language: language() }), format === "csv" ? "mochila-log.csv" : "mochila-log.jsonl");
    } catch (error) {
      if (error instanceof CodedError && error.code === "too_large") showToast(logged("audit.tooMany", { count: AUDIT_EXPORT_MAX }));
      else showFailure(error);
    }
    setBusy(false);
  };
  void load();
  return (
    <>
      <p class="soft mb-4">{said("admin.auditText")}</p>
      <Check calls={props.calls} />
      <Search onSearch={search} />
      <Show when={page()?.lines.length} fallback={<p class="soft" role="status">{page() ? logged("audit.nothing") : ""}</p>}>
        <Lines lines={page()?.lines ?? []} />
        <p class="btns mt-4">
          <Show when={page()?.more}>
            <Button look="soft" busy={busy()} onClick={() => void load(page()?.lines.at(-1)?.id)}>{said("admin.more")}</Button>
          </Show>
          <Button look="bare" busy={busy()} onClick={() => void save("csv")}>{logged("audit.csv")}</Button>
          <Button look="bare" busy={busy()} onClick={() => void save("lines")}>{logged("audit.lines")}</Button>
        </p>
        <p class="soft">{logged("audit.exportText")}</p>
      </Show>
    </>
  );
}
