import { createSignal, Show } from "solid-js";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Banner } from "../ui/Notice.tsx";
import { PasswordField } from "./PasswordField.tsx";
import { useLockOpens, useNeedsSignIn, useShared, useUser } from "./queries.ts";
import { problemOf, type SignInProblem } from "./sign-in-error.ts";

/** The server ended the session: work goes on, and the password is asked for when it suits. */
export function SessionBanner() {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  const needed = useNeedsSignIn();
  const shared = useShared();
  const lockOpens = useLockOpens();
  const [open, setOpen] = createSignal(false);
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<SignInProblem | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    try {
      await session.signIn(user().email, password(), shared());
      setOpen(false);
      setPassword("");
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  const sentence = () => {
    const kind = problem();
    return kind === null ? undefined : words(`users.problem_${kind}`);
  };
  return (
    <>
      <Show when={needed()}>
        <section class="top-banner stays" aria-label={words("shell.notice")}>
          <Banner icon="lock" action={<Button look="soft" onClick={() => (lockOpens() ? void session.lock() : setOpen(true))}>{words("shell.signIn")}</Button>}>
            {words("shell.signInAgain")}
          </Banner>
        </section>
      </Show>
      <Dialog
        open={open()}
        title={words("users.signInAs", { name: user().name })}
        onClose={() => setOpen(false)}
        onCancel={() => setOpen(false)}
        actions={
          <Button type="submit" form="sign-in-again" busy={busy()}>
            {words("shell.signIn")}
          </Button>
        }
      >
        <form id="sign-in-again" onSubmit={(event) => void submit(event)}>
          <p class="soft mb-4">{user().email}</p>
          <PasswordField value={password()} onInput={setPassword} error={sentence()} />
        </form>
      </Dialog>
    </>
  );
}
