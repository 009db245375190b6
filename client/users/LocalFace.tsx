import { createResource, onCleanup, Show } from "solid-js";
import { initialsOf } from "./initials.ts";
import { localPicture } from "./local-picture.ts";
import type { KnownPerson } from "./session-control.ts";

/** Of somebody who is not signed in: their picture only where they come in by a lock, and have chosen to stand here. */
export function LocalFace(props: { person: KnownPerson }) {
  const [address] = createResource(() => (props.person.lock ? localPicture(props.person) : null));
  onCleanup(() => {
    const made = address();
    if (made) URL.revokeObjectURL(made);
  });
  return (
    <span class="face" aria-hidden="true">
      <Show when={address()} fallback={initialsOf(props.person.name)}>
        {(source) => <img src={source()} alt="" />}
      </Show>
    </span>
  );
}
