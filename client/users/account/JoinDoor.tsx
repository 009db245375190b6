import { Show } from "solid-js";
import type { SignUpPolicy } from "@mochila/shared/users/account.ts";
import { useApp } from "../../app-parts.ts";
import { SignUp } from "./SignUp.tsx";
import { keepJoin, wayOn } from "./way-on.ts";
import { said } from "./words.ts";

/** The link into a course, for somebody who has to sign in first; who is signed in goes straight on. `signUp`: undefined while nobody knows. */
export function JoinDoor(props: { signUp: SignUpPolicy | undefined }) {
  const { session } = useApp();
  keepJoin(location.hash.slice(1));
  if (session.state().kind !== "signed-out") location.replace(wayOn());
  return (
    <>
      <p class="mb-4">{said("account.joinText")}</p>
      <p class="mb-4">
        <a class="btn btn-wide" href={wayOn()} target="_self">
          {said("account.joinSignIn")}
        </a>
      </p>
      <Show when={props.signUp === "open"} fallback={<Show when={props.signUp}><p class="section soft">{said("account.joinClosed")}</p></Show>}>
        <SignUp />
      </Show>
    </>
  );
}
