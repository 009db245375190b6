import { createSignal, For, Show } from "solid-js";
import { EMAIL_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { type SessionLine, SessionLines } from "@mochila/shared/users/account.ts";
import { formatAgo } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { createAsked } from "../../ui/asked.ts";
import { Button, LinkButton } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Empty, Skeleton } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { Page } from "../../ui/Page.tsx";
import { showToast } from "../../ui/toast.ts";
import { useAsk } from "../own-calls.ts";
import { useUser } from "../queries.ts";
import { createTyped } from "../typed.ts";
import { FactorsSection } from "../second-factor/FactorsSection.tsx";
import { DeviceLockSection } from "./DeviceLockSection.tsx";
import { createForm } from "./create-form.ts";
import { createLetterWay } from "./letter-way.ts";
import { createNewPassword, NewPasswordField } from "./NewPasswordField.tsx";
import { Problem } from "./Problem.tsx";
import { TimeZone } from "./TimeZone.tsx";
import { said } from "./words.ts";

function useOwnCalls() {
  const ask = useAsk();
  return {
    changeEmail: (email: string, password: string) => ask("/api/me/email", "POST", { email, password }),
    changePassword: (current: string, password: string) => ask("/api/me/password", "POST", { current, password }),
    sessions: async () => SessionLines.parse(await (await ask("/api/me/sessions")).json()).sessions,
    end: (id: string) => ask(`/api/me/sessions/${id}`, "DELETE"),
    endOthers: () => ask("/api/me/sessions", "DELETE"),
  };
}

type OwnCalls = ReturnType<typeof useOwnCalls>;

const CurrentPassword = (props: { value: string; onInput: (value: string) => void }) => (
  <Field label={said("account.passwordCurrent")} type="password" name="current" autocomplete="current-password" required value={props.value} onInput={(event) => props.onInput(event.currentTarget.value)} />
);

function EmailForm(props: { calls: OwnCalls }) {
  const user = useUser();
  const form = createForm();
  const typed = createTyped("email", () => "");
  const [password, setPassword] = createSignal("");
  const [sentTo, setSentTo] = createSignal("");
  const way = createLetterWay();
  const byHand = () => (way() ?? "mail") !== "mail";
  const change = async () => {
    const email = typed.value().trim();
    await props.calls.changeEmail(email, password());
    setSentTo(email);
    typed.done();
  };
  return (
    <section class="section" aria-labelledby="email">
      <div class="section-head">
        <h2 id="email">{said("account.emailTitle")}</h2>
      </div>
      <p class="soft mb-4">{said("account.emailNow", { email: user().email })}</p>
      <Show when={way() === "preview"}>
        <p class="soft mb-4">
          {said("account.preview")} <a href="/api/dev/mail" target="_blank">{said("account.previewLink")}</a>
        </p>
      </Show>
      <Show when={!form.done()} fallback={<p role="status">{said(byHand() ? "account.emailAskedByHand" : "account.emailAsked", { email: sentTo() })}</p>}>
        <Show when={way() === "none"}>
          <p class="soft mb-4">{said("account.emailByHand")}</p>
        </Show>
        <form onSubmit={(event) => void form.send(event, change)}>
          <Problem problem={form.problem()} wrong={said("account.problem_wrong")} />
          <Field label={said("account.emailNew")} type="email" name="new-email" autocomplete="email" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={typed.value()} onInput={(event) => typed.set(event.currentTarget.value)} />
          <CurrentPassword value={password()} onInput={setPassword} />
          <Button type="submit" look="soft" busy={form.busy()}>
            {said("account.emailAsk")}
          </Button>
        </form>
      </Show>
    </section>
  );
}

function PasswordForm(props: { calls: OwnCalls; onChanged: () => void }) {
  const form = createForm();
  const next = createNewPassword();
  const [current, setCurrent] = createSignal("");
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    if (!next.check(event.currentTarget)) return event.preventDefault();
    void form.send(event, async () => {
      await props.calls.changePassword(current(), next.value());
      setCurrent("");
      next.set("");
      props.onChanged();
    });
  };
  return (
    <section class="section" aria-labelledby="password">
      <div class="section-head">
        <h2 id="password">{said("account.passwordTitle")}</h2>
      </div>
      <Show when={form.done()}>
        <p class="mb-4" role="status">
          {said("account.passwordChanged")}
        </p>
      </Show>
      <form onSubmit={submit}>
        <Problem problem={form.problem()} wrong={said("account.problem_wrong")} />
        <CurrentPassword value={current()} onInput={setCurrent} />
        <NewPasswordField password={next} label={said("account.newPassword")} />
        <Button type="submit" look="soft" busy={form.busy()}>
          {said("account.passwordChange")}
        </Button>
      </form>
    </section>
  );
}

function Device(props: { line: SessionLine; onEnd: () => void }) {
  const now = useNow();
  const name = () => props.line.device || said("account.device");
  return (
    <div class="row">
      <Icon name="phone" />
      <span class="row-main">
        <span class="row-title">{name()}</span>
        <span class="row-meta">
          <span>{props.line.current ? said("account.thisDevice") : said("account.deviceSeen", { when: formatAgo(props.line.seenAt, now()) })}</span>
        </span>
      </span>
      <Show when={!props.line.current}>
        <span class="row-end">
          <Button look="soft" aria-label={said("account.endDevice", { name: name() })} onClick={() => props.onEnd()}>
            {said("account.end")}
          </Button>
        </span>
      </Show>
    </div>
  );
}

/** My e-mail, my password, and where I am signed in. */
export default function MyAccountView() {
  const words = useWords();
  const calls = useOwnCalls();
  const sessions = createAsked(() => calls.sessions().catch(() => null));
  const end = async (work: Promise<unknown>, done: string) => {
    const ended = await work.then(
      () => true,
      () => false,
    );
    showToast(ended ? done : words("users.problem_away"));
    await sessions.again();
  };
  return (
    <Page title={said("account.mineTitle")} crumbs={[{ href: "/you", label: words("shell.you") }]}>
      <div class="title">
        <h1>{said("account.mineTitle")}</h1>
        <p>{said("account.mineIntro")}</p>
      </div>
      <div class="narrow-column">
        <section aria-labelledby="devices">
          <div class="section-head">
            <h2 id="devices">{said("account.devicesTitle")}</h2>
          </div>
          <Show when={sessions.answer() !== undefined} fallback={<Skeleton label={words("shell.loading")} />}>
            <Show
              when={sessions.answer()}
              fallback={
                <Empty title={said("account.devicesAway")} action={<Button look="soft" onClick={() => void sessions.again()}>{words("shell.tryAgain")}</Button>}>
                  {said("account.intro")}
                </Empty>
              }
            >
              {(lines) => (
                <>
                  <ul class="rows">
                    <For each={lines()}>
                      {(line) => (
                        <li>
                          <Device line={line} onEnd={() => void end(calls.end(line.id), said("account.ended"))} />
                        </li>
                      )}
                    </For>
                  </ul>
                  <Show when={lines().length > 2}>
                    <p class="mt-4">
                      <Button look="bare" onClick={() => void end(calls.endOthers(), said("account.endedOthers"))}>
                        {said("account.endOthers")}
                      </Button>
                    </p>
                  </Show>
                </>
              )}
            </Show>
          </Show>
        </section>
        <DeviceLockSection />
        <FactorsSection />
        <PasswordForm calls={calls} onChanged={() => void sessions.again()} />
        <EmailForm calls={calls} />
        <TimeZone />
        <section class="section" aria-labelledby="data">
          <div class="section-head">
            <h2 id="data">{said("account.dataTitle")}</h2>
          </div>
          <p class="soft mb-4">{said("account.dataText")}</p>
          <LinkButton href="/you/data" icon="download">
            {said("account.dataTitle")}
          </LinkButton>
        </section>
      </div>
    </Page>
  );
}
