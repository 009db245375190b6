import { Show } from "solid-js";
import type { LinkOwner } from "@mochila/shared/users/account.ts";
import { createAsked } from "../../ui/asked.ts";
import { initialsOf } from "../initials.ts";
import { problemOf } from "../sign-in-error.ts";
import { accountCalls } from "./account-calls.ts";

/** Whose a link is; `nobody`: it opens nothing any more; null: the school could not be asked, and what the link is for goes on without. */
type Found = LinkOwner | "nobody" | null;

export const createLinkOwner = (token: string) =>
  createAsked<Found>(() => accountCalls.ownerOf(token).catch((error: unknown) => (problemOf(error) === "wrong" ? "nobody" : null))).answer;

/** Links go through hands and lie on shared tables: whose account it is stands there before anything is chosen. Programs that keep passwords read the e-mail here. */
export const LinkOwnerLine = (props: { owner: Found | undefined }) => (
  <Show when={typeof props.owner === "object" ? props.owner : null}>
    {(owner) => (
      <>
        <p class="person mb-4" data-owner={owner().email}>
          <span class="face" aria-hidden="true">
            {initialsOf(owner().name)}
          </span>
          <span>
            <strong>{owner().name}</strong>
            <span class="mail soft">{owner().email}</span>
          </span>
        </p>
        <input class="unseen" type="email" autocomplete="username" value={owner().email} readonly tabindex={-1} aria-hidden="true" />
      </>
    )}
  </Show>
);
