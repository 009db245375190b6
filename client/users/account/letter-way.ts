import { createAsked } from "../../ui/asked.ts";
import { accountCalls } from "./account-calls.ts";

/** Whether nobody gets the letters of this school, so that none is promised; false while that is not known. */
export function createNoLetters(): () => boolean {
  const { answer } = createAsked(() => accountCalls.door().then(({ letters }) => letters === "none", () => false));
  return () => answer() === true;
}
