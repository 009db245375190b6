import type { LetterWay } from "@mochila/shared/users/account.ts";
import { createAsked } from "../../ui/asked.ts";
import { accountCalls } from "./account-calls.ts";

/** Where the letters of this school go; undefined while that is not known. */
export function createLetterWay(): () => LetterWay | undefined {
  return createAsked(() => accountCalls.door().then(({ letters }) => letters, () => undefined)).answer;
}

/** Whether no letter reaches anybody by mail, so that none is promised; false while that is not known. A page of one machine shows letters to who runs it, and to nobody who is waited for. */
export function createNoLetters(): () => boolean {
  const way = createLetterWay();
  return () => (way() ?? "mail") !== "mail";
}
