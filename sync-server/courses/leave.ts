import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Transaction } from "../db/database.ts";
import type { CourseDeps } from "./course-deps.ts";
import { lockEntry } from "./entry.ts";
import { isJoined, noteLeft } from "./joined.ts";
import { type OnMember, takeOut } from "./place.ts";
import { fillSeats } from "./waiting.ts";

/**
 * Somebody who came into a course by themselves leaves it, and who waits gets the seat. Whom staff put in stays; its last instructor is refused with
 * `invalid_input`. Returns the scopes to publish after the commit: none where nobody left.
 */
export async function leave(transaction: Transaction, deps: CourseDeps, on: OnMember): Promise<Scope[]> {
  if (!(await isJoined(transaction, on))) return [];
  await lockEntry(transaction, on.courseId);
  // Again: they may have been taken out while this waited for the lock.
  if (!(await isJoined(transaction, on))) return [];
  const scopes = await takeOut(transaction, deps, on, "member.leave");
  if (!scopes) return [];
  await noteLeft(transaction, on, deps.clock.now());
  return [...scopes, ...(await fillSeats(transaction, deps, on.courseId))];
}
