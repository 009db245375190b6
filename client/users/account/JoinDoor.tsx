import { createSignal, Show } from "solid-js";
import { readCode, spellCode } from "@mochila/shared/courses/entry.ts";
import type { SignUpPolicy } from "@mochila/shared/users/account.ts";
import { useApp } from "../../app-parts.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { behindHash } from "./behind-hash.ts";
import { SignUp } from "./SignUp.tsx";
import { keepJoin, wayOn } from "./way-on.ts";
import { said } from "./words.ts";

/** Longer than a code that somebody writes with spaces, shorter than a letter. */
const TYPED_CHARACTERS_MAX = 30;

/** Of whoever came by the address that a wall shows, and has the code from there too. */
function CodeForm(props: { typed: string; onCode: (code: string) => void }) {
  const [text, setText] = createSignal(props.typed);
  const [wrong, setWrong] = createSignal(props.typed !== "");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const code = readCode(text());
    setWrong(code === null);
    if (code !== null) props.onCode(code);
  };
  return (
    <form onSubmit={submit}>
      <Field label={said("account.joinCode")} error={wrong() ? said("account.joinCodeWrong") : undefined} name="code" autocomplete="off" autocapitalize="characters" spellcheck={false} required maxlength={TYPED_CHARACTERS_MAX} value={text()} onInput={(event) => setText(event.currentTarget.value)} />
      <Button type="submit" wide>
        {said("account.joinCodeGo")}
      </Button>
    </form>
  );
}

/** The way into a course, for somebody who has to sign in first; who is signed in goes straight on. `signUp`: undefined while nobody knows. */
export function JoinDoor(props: { signUp: SignUpPolicy | undefined }) {
  const { session } = useApp();
  const typed = behindHash(location.hash).slice(0, TYPED_CHARACTERS_MAX);
  const [code, setCode] = createSignal(readCode(typed));
  keepJoin(typed);
  if (session.state().kind !== "signed-out") location.replace(wayOn());
  const take = (found: string) => {
    keepJoin(found);
    setCode(found);
  };
  return (
    <Show when={code()} fallback={<CodeForm typed={typed} onCode={take} />}>
      {(known) => (
        <>
          <p class="mb-4">{said("account.joinText", { code: spellCode(known()) })}</p>
          <p class="mb-4">
            <a class="btn btn-wide" href={wayOn()} target="_self">
              {said("account.joinSignIn")}
            </a>
          </p>
          <Show when={props.signUp === "open"} fallback={<Show when={props.signUp}><p class="section soft">{said("account.joinClosed")}</p></Show>}>
            <SignUp />
          </Show>
        </>
      )}
    </Show>
  );
}
