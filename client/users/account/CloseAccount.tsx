import { A } from "@solidjs/router";
import { createSignal, For, onMount, Show } from "solid-js";
import type { Closure } from "@mochila/shared/users/own-data.ts";
import { useApp } from "../../app-parts.ts";
import { formatDate } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { createAsked } from "../../ui/asked.ts";
import { Button } from "../../ui/Button.tsx";
import { usePerson } from "../../person.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { Switch } from "../../ui/Field.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { PasswordField } from "../PasswordField.tsx";
import { useShared, useUser } from "../queries.ts";
import { Unsent } from "../Unsent.tsx";
import { noteClosing } from "./closing-note.ts";
import { createForm } from "./create-form.ts";
import type { DataCalls } from "./data-calls.ts";
import { said } from "./data-words.ts";
import { Problem } from "./Problem.tsx";

const CLOSING_MS = 14 * 24 * 3_600_000;

/** Nobody would teach, or nobody would run the school. */
function Obstacles(props: { closure: Closure }) {
  return (
    <>
      <Show when={props.closure.lastTeacherOf.length > 0}>
        <Banner icon="warn" role="alert">
          <p>{said("data.handOver")}</p>
          <ul class="rows">
            <For each={props.closure.lastTeacherOf}>
              {(course) => (
                <li>
                  <A class="row" href={`/courses/${course.id}/people`}>
                    {said("data.people", { course: course.title })}
                  </A>
                </li>
              )}
            </For>
          </ul>
        </Banner>
      </Show>
      <Show when={props.closure.lastAdministrator}>
        <Banner icon="warn" role="alert">
          {said("data.lastAdministrator")}
        </Banner>
      </Show>
    </>
  );
}

function AskToClose(props: { calls: DataCalls }) {
  const words = useWords();
  const now = useNow();
  const { session } = useApp();
  const { sync } = usePerson();
  const user = useUser();
  const shared = useShared();
  const unsent = () => sync.status().pending + sync.status().attention;
  const form = createForm();
  const [password, setPassword] = createSignal("");
  const [sure, setSure] = createSignal(false);
  const [sending, setSending] = createSignal(false);
  const [forgetting, setForgetting] = createSignal(false);
  const day = () => formatDate(now() + CLOSING_MS, now());
  // Of what the door says then: it comes while there is a network.
  onMount(() => void import("./ClosingNote.tsx").catch(console.error));
  /** The request ends every session: what waits goes before it, and what still waits then is said. */
  const begin = async (event: SubmitEvent) => {
    event.preventDefault();
    setSending(true);
    await sync.syncNow();
    setSending(false);
    setSure(true);
  };
  /** Taken: this device leaves with the session, so that no page stays that looks as if nothing had been asked. */
  const send = (event: SubmitEvent) => {
    setSure(false);
    void form.send(event, async () => {
      const { closingAt } = await props.calls.close(password());
      const { id, name } = user();
      noteClosing({ user: { id, name }, shared: shared(), closingAt, now: now() });
      await session.signOut();
      if (forgetting()) await session.forget(id);
    });
  };
  return (
    <>
      <form onSubmit={(event) => void begin(event)}>
        <Problem problem={form.problem()} wrong={said("data.problem_wrong")} />
        <PasswordField value={password()} onInput={setPassword} />
        <Button type="submit" look="alert" busy={form.busy() || sending()}>
          {said("data.closeAsk")}
        </Button>
      </form>
      <Dialog
        open={sure()}
        title={said("data.closeSureTitle")}
        onClose={() => setSure(false)}
        onCancel={() => setSure(false)}
        actions={
          <Button look="alert" type="submit" form="close-account">
            {said("data.closeAsk")}
          </Button>
        }
      >
        <form id="close-account" onSubmit={send}>
          <p>{said("data.closeSure", { when: day() })}</p>
        </form>
        {/* Further up, this page offers it as a file. */}
        <Show when={unsent() > 0}>
          <p class="line mt-4">
            <Unsent waiting={sync.status().pending} refused={sync.status().attention} />
          </p>
          <Show when={sync.status().pending > 0}>
            <p>{words("users.signOutText")}</p>
          </Show>
          <Show when={sync.status().attention > 0}>
            <p>{words("users.refusedText")}</p>
          </Show>
        </Show>
        <Show when={!shared()}>
          <div class="mt-4">
            <Switch
              label={said("data.closedForget")}
              hint={unsent() > 0 ? words("users.forgetUnsent", { count: unsent() }) : said("data.closedHere")}
              checked={forgetting()}
              onChange={setForgetting}
            />
          </div>
        </Show>
      </Dialog>
    </>
  );
}

export function CloseAccount(props: { calls: DataCalls }) {
  const { answer: closure } = createAsked(() => props.calls.closure().catch(() => null));
  const free = (one: Closure) => one.lastTeacherOf.length === 0 && !one.lastAdministrator;
  return (
    <section class="section" aria-labelledby="closing">
      <div class="section-head">
        <h2 id="closing">{said("data.closeTitle")}</h2>
      </div>
      <p class="mb-4">{said("data.closeText")}</p>
      <h3>{said("data.goesTitle")}</h3>
      <p class="soft mb-4">{said("data.goes")}</p>
      <h3>{said("data.staysTitle")}</h3>
      <p class="soft mb-4">{said("data.stays")}</p>
      <p class="mb-4">{said("data.first")}</p>
      <Show when={closure()}>
        {(one) => (
          <Show when={free(one())} fallback={<Obstacles closure={one()} />}>
            <AskToClose calls={props.calls} />
          </Show>
        )}
      </Show>
    </section>
  );
}
