import { createSignal, Show } from "solid-js";
import { NewDeviceKey, type LockKind } from "@mochila/shared/users/device-key.ts";
import { useApp } from "../../app-parts.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { showToast } from "../../ui/toast.ts";
import { LockEntry } from "../lock/LockEntry.tsx";
import { useAsk } from "../own-calls.ts";
import { useLock, useShared } from "../queries.ts";
import { createForm } from "./create-form.ts";
import { isEasyPin } from "./easy-pin.ts";
import { Problem } from "./Problem.tsx";
import { said } from "./words.ts";

const PATH = "/api/me/device-key";

/** Entered twice, with the password: whoever finds the app open chooses nothing for its person. */
function ChooseLock(props: { kind: LockKind; onClose: () => void }) {
  const ask = useAsk();
  const { session } = useApp();
  const form = createForm();
  const [password, setPassword] = createSignal("");
  const [first, setFirst] = createSignal("");
  const [second, setSecond] = createSignal("");
  const [wrong, setWrong] = createSignal<"lockUnlike" | "lockEasy" | null>(null);
  const wrongNow = () => (first() === "" || first() !== second() ? "lockUnlike" : props.kind === "pin" && isEasyPin(first()) ? "lockEasy" : null);
  const submit = (event: SubmitEvent) => {
    if (setWrong(wrongNow()) !== null) return event.preventDefault();
    void form.send(event, async () => {
      const { key } = NewDeviceKey.parse(await (await ask(PATH, "POST", { password: password() })).json());
      await session.setLock({ kind: props.kind, entered: first(), key });
      showToast(said("account.lockSet"));
      props.onClose();
    });
  };
  return (
    <Dialog
      open
      title={said(`account.lockTitle_${props.kind}`)}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Button type="submit" form="device-lock" busy={form.busy()}>
          {said("account.lockSave")}
        </Button>
      }
    >
      <form id="device-lock" onSubmit={submit}>
        <Problem problem={form.problem()} wrong={said("account.problem_wrong")} />
        <p class="mb-4">{said(`account.lockChoose_${props.kind}`)}</p>
        <LockEntry kind={props.kind} value={first()} onInput={setFirst} />
        <LockEntry kind={props.kind} label={said(`account.lockAgain_${props.kind}`)} value={second()} onInput={setSecond} />
        <div role="alert">
          <Show when={wrong()}>{(why) => <p class="error mb-4">{said(`account.${why()}`)}</p>}</Show>
        </div>
        <Field label={said("account.passwordCurrent")} type="password" name="current" autocomplete="current-password" required value={password()} onInput={(event) => setPassword(event.currentTarget.value)} />
      </form>
    </Dialog>
  );
}

/** How this person comes in again on this device. Not on a shared computer, which keeps nothing. */
export function DeviceLockSection() {
  const words = useWords();
  const ask = useAsk();
  const { session } = useApp();
  const shared = useShared();
  const lock = useLock();
  const [choosing, setChoosing] = createSignal<LockKind | null>(null);
  const remove = async () => {
    const ended = await ask(PATH, "DELETE").then(
      () => true,
      () => false,
    );
    if (!ended) return showToast(words("users.problem_away"));
    await session.removeLock();
    showToast(said("account.lockRemoved"));
  };
  return (
    <Show when={!shared()}>
      <section class="section" aria-labelledby="device-lock-title">
        <div class="section-head">
          <h2 id="device-lock-title">{said("account.lockTitle")}</h2>
        </div>
        <p class="mb-4" data-device-lock={lock() ?? "none"}>
          <Show when={lock()} fallback={said("account.lockText")}>
            {(kind) => said(`account.lockIs_${kind()}`)}
          </Show>
        </p>
        <p class="small soft mb-4">{said("account.lockHonest")}</p>
        <div class="btns">
          <Button look="soft" icon="lock" onClick={() => setChoosing("pin")}>
            {said("account.lockTitle_pin")}
          </Button>
          <Button look="soft" icon="image" onClick={() => setChoosing("pictures")}>
            {said("account.lockTitle_pictures")}
          </Button>
          <Show when={lock()}>
            <Button look="bare" onClick={() => void remove()}>
              {said("account.lockRemove")}
            </Button>
          </Show>
        </div>
        <Show when={choosing()} keyed>
          {(kind) => <ChooseLock kind={kind} onClose={() => setChoosing(null)} />}
        </Show>
      </section>
    </Show>
  );
}
