import { createSignal, onCleanup, Show } from "solid-js";
import { useApp } from "../../app-parts.ts";
import { Button } from "../../ui/Button.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { LocalFace } from "../LocalFace.tsx";
import type { KnownPerson } from "../session-control.ts";
import { LockEntry } from "./LockEntry.tsx";
import { said } from "./words.ts";

const TICK_MS = 1_000;

/** As «1:05». */
const clockOf = (ms: number): string => {
  const seconds = Math.ceil(ms / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** Somebody who has locked this device comes in again; no network is needed. */
export default function UnlockView(props: { person: KnownPerson; onPassword: () => void; onOthers: () => void }) {
  const { session } = useApp();
  const [entered, setEntered] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [wrong, setWrong] = createSignal(false);
  const [waitMs, setWaitMs] = createSignal(0);
  const ticking = setInterval(() => setWaitMs((left) => Math.max(0, left - TICK_MS)), TICK_MS);
  onCleanup(() => clearInterval(ticking));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy() || waitMs() > 0 || entered() === "") return;
    setBusy(true);
    setWrong(false);
    const outcome = await session.unlock(props.person.id, entered());
    if (outcome.kind === "open") return;
    setBusy(false);
    setEntered("");
    setWrong(true);
    setWaitMs(outcome.waitMs);
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <p class="line mb-4">
        <LocalFace person={props.person} />
        <strong class="grow">{props.person.name}</strong>
      </p>
      <div role="alert">
        <Show when={wrong()}>
          <Banner icon="circle-alert" role="alert">
            {/* Said once, not at each second. */}
            {said("lock.wrong")}
          </Banner>
        </Show>
      </div>
      <Show when={props.person.lock}>{(kind) => <LockEntry kind={kind()} value={entered()} onInput={setEntered} />}</Show>
      <Button type="submit" wide busy={busy()} aria-disabled={waitMs() > 0}>
        {waitMs() > 0 ? said("lock.wait", { time: clockOf(waitMs()) }) : said("lock.open")}
      </Button>
      <p class="mt-4">
        <Button look="soft" wide icon="users" onClick={() => props.onOthers()}>
          {said("lock.others")}
        </Button>
      </p>
      <p class="mt-2">
        <Button look="bare" wide onClick={() => props.onPassword()}>
          {said("lock.forgotten")}
        </Button>
      </p>
    </form>
  );
}
