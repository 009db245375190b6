import { createSignal, Show } from "solid-js";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { usePerson } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { useUser } from "./queries.ts";
import { saveFile } from "./save-file.ts";

/** Work that the school does not have yet, of the person who is signed in. */
function useUnsent() {
  const { sync } = usePerson();
  return { count: () => sync.status().pending + sync.status().attention, send: () => sync.syncNow() };
}

/** Signing out locks and keeps. What is unsent is said first, and can be sent or saved as a file. */
export function SignOut() {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  const { sync } = usePerson();
  const unsent = useUnsent();
  const isOffline = () => sync.status().state === "offline";
  const [asking, setAsking] = createSignal<"out" | "forget" | null>(null);
  const [sending, setSending] = createSignal(false);
  const close = () => setAsking(null);
  const send = async () => {
    setSending(true);
    await unsent.send();
    setSending(false);
  };
  const save = async () => saveFile(await session.exportUnsent(user().id), "mochila-unsent.json");
  const forget = async () => {
    const { id } = user();
    await session.signOut();
    await session.forget(id);
  };
  const offers = () => (
    <Show when={unsent.count() > 0}>
      <p class="kept mt-4">{words("users.unsent", { count: unsent.count() })}</p>
      <div class="btns offers">
        <Button look="soft" icon="sync" busy={sending()} onClick={() => void send()}>
          {words("users.sendNow")}
        </Button>
        <Button look="soft" icon="download" onClick={() => void save()}>
          {words("users.saveFile")}
        </Button>
      </div>
    </Show>
  );
  return (
    <>
      <div class="btns">
        <Button look="soft" onClick={() => (unsent.count() > 0 || isOffline() ? setAsking("out") : void session.signOut())}>
          {words("users.signOut")}
        </Button>
        <Button look="alert" onClick={() => setAsking("forget")}>
          {words("users.forget")}
        </Button>
      </div>
      <p class="small soft mt-2">{words("users.signOutMeans")}</p>
      <Dialog
        open={asking() === "out"}
        title={words(unsent.count() > 0 ? "users.signOutTitle" : "users.signOutTitleOffline")}
        onClose={close}
        actions={
          <>
            <Button look="bare" onClick={close}>
              {words("shell.cancel")}
            </Button>
            <Button onClick={() => void session.signOut()}>{words("users.lockAndKeep")}</Button>
          </>
        }
      >
        <Show when={unsent.count() > 0}>
          <p>{words("users.signOutText")}</p>
        </Show>
        <Show when={isOffline()}>
          <p class="mt-4">{words("users.signOutOffline")}</p>
        </Show>
        {offers()}
      </Dialog>
      <Dialog
        open={asking() === "forget"}
        title={words("users.forgetTitle")}
        onClose={close}
        actions={
          <>
            <Button look="bare" onClick={close}>
              {words("shell.cancel")}
            </Button>
            <Button look="alert" onClick={() => void forget()}>
              {unsent.count() > 0 ? words("users.forgetUnsent", { count: unsent.count() }) : words("users.forgetYes")}
            </Button>
          </>
        }
      >
        <p>{words("users.forgetText")}</p>
        {offers()}
      </Dialog>
    </>
  );
}
