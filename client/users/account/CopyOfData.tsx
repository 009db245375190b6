import { createSignal, Match, onCleanup, Show, Switch } from "solid-js";
import type { DataExportState } from "@mochila/shared/users/own-data.ts";
import { useApp } from "../../app-parts.ts";
import { formatBytes, formatDateTime } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { usePerson } from "../../person.ts";
import { createAsked } from "../../ui/asked.ts";
import { Button } from "../../ui/Button.tsx";
import { Empty, Skeleton } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { Meter } from "../../ui/Progress.tsx";
import { showToast } from "../../ui/toast.ts";
import { PasswordField } from "../PasswordField.tsx";
import { useUser } from "../queries.ts";
import { saveFile } from "../save-file.ts";
import { createForm } from "./create-form.ts";
import type { DataCalls } from "./data-calls.ts";
import { said } from "./data-words.ts";
import { createNoLetters } from "./letter-way.ts";
import { Problem } from "./Problem.tsx";

type Copy = NonNullable<DataExportState["export"]>;

/** Most copies are ready within a few seconds. */
const LOOK_MS = 3_000;

function AskForCopy(props: { calls: DataCalls; failed: boolean; onAsked: () => void }) {
  const form = createForm();
  const [password, setPassword] = createSignal("");
  return (
    <form onSubmit={(event) => void form.send(event, () => props.calls.askForCopy(password()).then(props.onAsked))}>
      <Show when={props.failed}>
        <p class="mb-4">{said("data.failed")}</p>
      </Show>
      <Problem problem={form.problem()} wrong={said("data.problem_wrong")} />
      <PasswordField value={password()} onInput={setPassword} />
      <Button type="submit" look="soft" icon="download" busy={form.busy()}>
        {said("data.copyAsk")}
      </Button>
    </form>
  );
}

/** The file on its way: how far, and a way back. */
function GetCopy(props: { copy: Copy; calls: DataCalls; onRemove: () => void }) {
  const now = useNow();
  const [share, setShare] = createSignal<number | null>(null);
  let running: AbortController | undefined;
  onCleanup(() => running?.abort());
  const get = async () => {
    running = new AbortController();
    const { signal } = running;
    setShare(0);
    try {
      saveFile(await props.calls.file(signal, setShare), "mochila.zip");
    } catch {
      if (!signal.aborted) showToast(said("data.gone"));
    }
    setShare(null);
  };
  return (
    <>
      <p class="mb-4" role="status">
        {said("data.ready", { size: formatBytes(props.copy.bytes ?? 0), when: formatDateTime(props.copy.expiresAt, now()) })}
      </p>
      <Show
        when={share() !== null}
        fallback={
          <div class="btns">
            <Button icon="download" onClick={() => void get()}>
              {said("data.get")}
            </Button>
            <Button look="bare" onClick={() => props.onRemove()}>
              {said("data.remove")}
            </Button>
          </div>
        }
      >
        <Meter share={share() ?? 0} label={said("data.getting")} />
        <p class="btns">
          <Button look="bare" onClick={() => running?.abort()}>
            {said("data.cancel")}
          </Button>
        </p>
      </Show>
    </>
  );
}

/** What the school cannot know: work of this device. */
function OnlyHere() {
  const { session } = useApp();
  const { sync } = usePerson();
  const user = useUser();
  const count = () => sync.status().pending + sync.status().attention;
  const save = async () => saveFile(await session.exportUnsent(user().id), "mochila-unsent.json");
  return (
    <Show when={count() > 0}>
      <p class="kept mt-4">{said("data.here", { count: count() })}</p>
      <p class="btns">
        <Button look="soft" icon="download" onClick={() => void save()}>
          {said("data.hereSave")}
        </Button>
      </p>
    </Show>
  );
}

export function CopyOfData(props: { calls: DataCalls }) {
  const words = useWords();
  const noLetters = createNoLetters();
  const asked = createAsked(() => props.calls.copy().catch(() => "away" as const));
  const copy = () => {
    const now = asked.answer();
    return now === "away" ? undefined : now;
  };
  const looking = setInterval(() => copy()?.state === "waiting" && void asked.again(), LOOK_MS);
  onCleanup(() => clearInterval(looking));
  const remove = async (done: string) => {
    const removed = await props.calls.removeCopy().then(
      () => true,
      () => false,
    );
    if (removed) asked.put(null);
    showToast(removed ? done : words("users.problem_away"));
  };
  const ready = () => (copy()?.state === "ready" ? copy() : null);
  return (
    <section class="section" aria-labelledby="copy">
      <div class="section-head">
        <h2 id="copy">{said("data.copyTitle")}</h2>
      </div>
      <p class="soft mb-4">{said("data.copyText")}</p>
      <Switch fallback={<Skeleton label={words("shell.loading")} rows={1} />}>
        <Match when={copy()?.state === "waiting"}>
          <p role="status">{said(noLetters() ? "data.preparingByHand" : "data.preparing")}</p>
          <p class="btns">
            <Button look="bare" onClick={() => void remove(said("data.stopped"))}>
              {said("data.stop")}
            </Button>
          </p>
        </Match>
        <Match when={ready()}>{(one) => <GetCopy copy={one()} calls={props.calls} onRemove={() => void remove(said("data.removed"))} />}</Match>
        <Match when={asked.answer() === "away"}>
          <Empty title={said("data.awayTitle")} action={<Button look="soft" onClick={() => void asked.again()}>{words("shell.tryAgain")}</Button>}>
            {said("data.intro")}
          </Empty>
        </Match>
        <Match when={copy() === null || copy()?.state === "failed"}>
          <AskForCopy calls={props.calls} failed={copy()?.state === "failed"} onAsked={() => void asked.again()} />
        </Match>
      </Switch>
      <OnlyHere />
    </section>
  );
}
