import type { User } from "@mochila/shared/users/session.ts";
import { Button } from "../../ui/Button.tsx";
import { initialsOf } from "../initials.ts";
import { wayOn } from "./way-on.ts";
import { said } from "./words.ts";

/** Who comes to the door and is in already: who they are here, and where their account is. */
export const SignedIn = (props: { user: User; onForgotten: () => void }) => (
  <section>
    <p class="soft mb-4">{said("account.signedIn")}</p>
    <p class="person mb-4" data-signed-in={props.user.email}>
      <span class="face" aria-hidden="true">
        {initialsOf(props.user.name)}
      </span>
      <span>
        <strong>{props.user.name}</strong>
        <span class="mail soft">{props.user.email}</span>
      </span>
    </p>
    <p class="mb-4">
      <a class="btn btn-wide" href={wayOn()} target="_self">
        {said("account.goOn")}
      </a>
    </p>
    <p class="mb-4">
      <a class="btn btn-soft btn-wide" href="/you/account" target="_self">
        {said("account.mineTitle")}
      </a>
    </p>
    <Button look="bare" wide onClick={() => props.onForgotten()}>
      {said("account.forgottenTitle")}
    </Button>
  </section>
);
