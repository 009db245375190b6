import type { Session } from "@mochila/shared/users/session.ts";
import { showToast } from "../../ui/toast.ts";
import { forgetClosing, readClosing } from "./closing-note.ts";
import { said } from "./data-words.ts";

/** Somebody signed in here: whoever had asked keeps their account by it, and is told so. */
export function cameIn({ user, closingTakenBack }: Session, now: number): void {
  const note = readClosing(now);
  if (note && (note.id === null || note.id === user.id)) forgetClosing();
  if (closingTakenBack) showToast(said("data.takenBack"));
}
