import type { Actor } from "@mochila/shared/access/actor.ts";
import type { Member } from "@mochila/shared/courses/member.ts";

/** The person as the server's rules see them, from what this device knows: what it would refuse is not offered. */
export const actorOf = (userId: string, members: readonly Member[]): Actor => ({
  userId,
  systemRole: "student",
  courses: new Map(members.flatMap((member) => (member.userId === userId && member.state === "active" ? [[member.courseId, member.role] as const] : []))),
});
