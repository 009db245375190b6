import { createSignal, Show } from "solid-js";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { usePerson } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { useLock, useShared, useUser } from "./queries.ts";
import { saveFile } from "./save-file.ts";
import { Unsent } from "./Unsent.tsx";

/** Signing out locks and keeps. What is unsent is said first, and can be sent or saved as a file. */
export function SignOut() {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  const { sync } = usePerson();
  const waiting = () => sync.status().pending;
  const refused = () => sync.status().attention;
  /** Work that the school does not have. */
  const unsent = () => waiting() + refused();
  const shared = useShared();
  const locked = useLock();
  const isOffline = () => sync.status().state === "offline";
  const [asking, setAsking] = createSignal<"out" | "forget" | null>(null);
  const forgets = () => asking() === "forget";
  const [sending, setSending] = createSignal(false);
  const [failed, setFailed] = createSignal<"users.problem_away" | "users.problem_other" | null>(null);
  const close = () => {
    setFailed(null);
    setAsking(null);
  };
  const send = async () => {
    setSending(true);
    setFailed(null);
    setFailed((await sync.syncNow()) ? "users.problem_other" : "users.problem_away");
    setSending(false);
  };
  const save = async () => saveFile(await session.exportUnsent(user().id), "mochila-unsent.json");
  const forget = async () => {
    const { id } = user();
    await session.signOut();
    await session.forget(id);
  };
  return (
    <>
      <div class="btns">
        <Show when={locked()}>
          <Button icon="lock" onClick={() => void session.lock()}>
            {words("users.lockNow")}
          </Button>
        </Show>
        <Button look="soft" onClick={() => (shared() ? session.leave("asked") : unsent() > 0 || isOffline() ? setAsking("out") : void session.signOut())}>
          {words("users.signOut")}
        </Button>
        <Button look="alert" onClick={() => setAsking("forget")}>
          {words("users.forget")}
        </Button>
      </div>
      <p class="small soft mt-2">{words(shared() ? "users.sharedMeans" : locked() ? "users.lockMeans" : "users.signOutMeans")}</p>
      <Dialog
        open={asking() !== null}
        title={words(forgets() ? "users.forgetTitle" : unsent() > 0 ? "users.signOutTitle" : "users.signOutTitleOffline")}
        onClose={close}
        onCancel={close}
        actions={
          <Show when={forgets()} fallback={<Button onClick={() => void session.signOut()}>{words("users.lockAndKeep")}</Button>}>
            <Button look="alert" onClick={() => void forget()}>
              {unsent() > 0 ? words("users.forgetUnsent", { count: unsent() }) : words("users.forgetYes")}
            </Button>
          </Show>
        }
      >
        <Show
          when={forgets()}
          fallback={
            <>
              <Show when={waiting() > 0}>
                <p>{words("users.signOutText")}</p>
              </Show>
              <Show when={refused() > 0}>
                <p>{words("users.refusedText")}</p>
              </Show>
              <Show when={isOffline()}>
                <p class="mt-4">{words("users.signOutOffline")}</p>
              </Show>
            </>
          }
        >
          <p>{words("users.forgetText")}</p>
        </Show>
        <Show when={unsent() > 0}>
          <p class="line mt-4">
            <Unsent waiting={waiting()} refused={refused()} />
          </p>
          <div class="btns offers">
            <Show when={waiting() > 0}>
              <Button look="soft" icon="sync" busy={sending()} onClick={() => void send()}>
                {words("users.sendNow")}
              </Button>
            </Show>
            <Button look="soft" icon="download" onClick={() => void save()}>
              {words("users.saveFile")}
            </Button>
          </div>
          <p role="status">
            <Show when={waiting() > 0 && failed()}>{(problem) => words(problem())}</Show>
          </p>
        </Show>
      </Dialog>
    </>
  );
}
