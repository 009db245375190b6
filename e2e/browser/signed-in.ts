import type { Page } from "playwright-core";
import { type Device, signIn, waitForState } from "./device.ts";
import { emailOf, type School } from "./school.ts";

/** Somebody of the demo school on their device, with everything there that is theirs. */
export async function openAs(person: Parameters<typeof emailOf>[0], device: Device, school: School): Promise<Page> {
  const page = await device.open(school.url);
  await signIn(page, emailOf(person));
  await waitForState(page, "synced");
  return page;
}
