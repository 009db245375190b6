import { createEffect, createSignal, on, Show } from "solid-js";
import type { LinkSent, PersonLine } from "@mochila/shared/admin/person.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { PasswordField } from "../../users/PasswordField.tsx";
import { failureWords } from "../failure.ts";
import type { PeopleCalls } from "../people.ts";
import { said } from "./words.ts";

type Problem = { readonly of: "password" | "all"; readonly text: string };

function problemOf(error: unknown): Problem {
  const code = error instanceof CodedError ? error.code : null;
  if (code === "wrong_credentials") return { of: "password", text: said("links.passwordWrong") };
  if (code === "too_many_requests") return { of: "all", text: said("links.passwordTooMany") };
  if (code === "forbidden" || code === "invalid_input") return { of: "all", text: said("links.passwordRefused") };
  return { of: "all", text: failureWords(error) };
}

/** Before an administrator gets a link with which its holder chooses somebody's password: what that is, and that it is them. */
export function PasswordLink(props: { person: PersonLine | null; calls: PeopleCalls; onMade: (sent: LinkSent) => void; onClose: () => void }) {
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  createEffect(
    on(() => props.person, () => {
      setPassword("");
      setProblem(null);
    }),
  );
  const textOf = (of: Problem["of"]) => (problem()?.of === of ? problem()?.text : undefined);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const { person } = props;
    if (!person || busy()) return;
    setBusy(true);
    setProblem(null);
    await props.calls.reset(person.id, password()).then(
      // A link that nobody sees any more opens nothing for anybody: it is not shown to who has closed this.
      (sent) => person === props.person && props.onMade(sent),
      (error: unknown) => {
        setProblem(problemOf(error));
        setPassword("");
      },
    );
    setBusy(false);
  };
  return (
    <Dialog
      open={props.person !== null}
      title={said("links.passwordTitle", { name: props.person?.name ?? "" })}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Button type="submit" form="password-link" busy={busy()}>
          {said("links.passwordMake")}
        </Button>
      }
    >
      <form id="password-link" onSubmit={(event) => void submit(event)}>
        <p class="mb-4">{said("links.passwordText")}</p>
        <p class="mb-4">{said("links.passwordWhy")}</p>
        <div role="alert">
          <Show when={textOf("all")}>{(text) => <Banner icon="circle-alert" role="alert">{text()}</Banner>}</Show>
        </div>
        <PasswordField label={said("links.passwordOwn")} value={password()} error={textOf("password")} onInput={setPassword} />
      </form>
    </Dialog>
  );
}
