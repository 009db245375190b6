import { readCode } from "@mochila/shared/courses/entry.ts";

const NAME = "mochila-join";
const JOIN = "/courses/join";

// The way into a course of somebody who first needs an account: kept in this tab alone, until they have come to it.

/** Keeps what stands behind the `#` of a link; also without a whole code it leads to where one is entered, which says what is wrong with it. */
export const keepJoin = (typed: string): void => sessionStorage.setItem(NAME, readCode(typed) ?? typed);

export const forgetJoin = (): void => sessionStorage.removeItem(NAME);

/** Where somebody goes who is signed in now: on to the course that they were on the way to, or to the beginning. */
export function wayOn(): string {
  const kept = sessionStorage.getItem(NAME);
  if (kept === null) return "/";
  return kept === "" ? JOIN : `${JOIN}#${encodeURIComponent(kept)}`;
}
