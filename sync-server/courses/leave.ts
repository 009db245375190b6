import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Transaction } from "../db/database.ts";
import type { CourseDeps } from "./course-deps.ts";
import { lockEntry } from "./entry.ts";
import { isJoined, noteLeft } from "./joined.ts";
import { lockPlaces } from "./member-row.ts";
import { type OnMember, takeOut } from "./place.ts";
import { fillSeats } from "./waiting.ts";

/**
 * Somebody who came into a course by themselves leaves it, and who waits gets the seat. Whose place staff gave or changed stays in it, and whose place is over has none
 * to leave: else they would come in again without what was decided. Returns the scopes to publish after the commit: none where nobody left.
 */
export async function leave(transaction: Transaction, deps: CourseDeps, on: OnMember): Promise<Scope[]> {
  if (!(await isJoined(transaction, on))) return [];
  await lockEntry(transaction, on.courseId);
  await lockPlaces(transaction, [on]);
  // Again: they may have been taken out, or given an end or another role, by hand or by an import, while this waited for the locks.
  if (!(await isJoined(transaction, on))) return [];
  const scopes = await takeOut(transaction, deps, on, "member.leave");
  if (!scopes) return [];
  await noteLeft(transaction, on, deps.clock.now());
  return [...scopes, ...(await fillSeats(transaction, deps, on.courseId))];
}
