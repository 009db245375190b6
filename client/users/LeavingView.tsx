import { createSignal, onMount, Show } from "solid-js";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { usePerson } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { noteScreen } from "../ui/first-screen.ts";
import { Skeleton } from "../ui/Notice.tsx";
import { showToast } from "../ui/toast.ts";
import { Door } from "./Door.tsx";
import { useSendAll } from "./leaving.ts";
import { saveFile } from "./save-file.ts";
import { Unsent } from "./Unsent.tsx";

/**
 * In the place of the screens, which have written what they held: somebody leaves a shared computer. Sends what waits, then signs them out; where
 * that cannot be, it is said, and they choose. Nobody is asked who is not there any more.
 */
export default function LeavingView() {
  const words = useWords();
  const { session } = useApp();
  const { user } = usePerson();
  const { id } = user();
  const [left, setLeft] = createSignal({ changes: 0, refused: 0, activity: 0 });
  const count = () => left().changes + left().activity;
  const [stuck, setStuck] = createSignal(false);
  const signOut = async () => {
    if (await session.signOut()) showToast(words("users.left"));
  };
  const sendAll = useSendAll();
  const send = async () => {
    setStuck(false);
    const sent = await sendAll(setLeft);
    // They may have gone through another tab meanwhile, or stay.
    if (!session.leaving()) return;
    if (sent || session.leaving() === "left") await signOut();
    else setStuck(true);
  };
  onMount(() => {
    noteScreen();
    void send();
  });
  return (
    <Door title={words("users.leaving")}>
      <Show
        when={stuck()}
        fallback={
          <>
            <p class="kept mb-4" role="status">
              <Show when={count() > 0}>{words("users.leavingSends", { count: count() })}</Show>
            </p>
            <Skeleton label={words("shell.loading")} />
          </>
        }
      >
        <p role="alert">{words("users.leavingStuck")}</p>
        <p class="line mt-4">
          <Unsent waiting={left().changes} refused={left().refused} />
        </p>
        <div class="btns mt-4">
          <Button wide icon="sync" onClick={() => void send()}>
            {words("users.sendNow")}
          </Button>
          <Button look="soft" wide icon="download" onClick={() => void session.exportUnsent(id).then((file) => saveFile(file, "mochila-unsent.json"))}>
            {words("users.saveFile")}
          </Button>
          <Button look="soft" wide onClick={() => session.leave(null)}>
            {words("users.stay")}
          </Button>
          <Button look="soft" wide icon="lock" onClick={() => void signOut()}>
            {words("users.lockAndKeep")}
          </Button>
        </div>
      </Show>
    </Door>
  );
}
