/** What can be looked up later. A new action is named here, or it cannot be written; each has words in both languages (`audit.ts` of the dictionaries). */
export const auditActions = [
  "account.close", "account.close-again", "account.closing-asked", "account.closing-taken-back", "audit.export", "course.copy",
  "course.create", "course.entry", "course.import", "course.state", "data.ask", "data.deliver", "device-lock.remove", "device-lock.set", "email.change",
  "email.confirm", "member.add", "member.end", "member.ended", "member.invite", "member.join", "member.leave", "member.remove",
  "member.role", "member.seat", "member.unwait", "member.wait", "password.change", "password.reset",
  "people.export", "people.import", "people.import-canceled", "people.import-done", "people.import-undo", "people.import-undone",
  "person.act", "person.act-end", "person.change", "person.create", "person.email", "person.invite", "person.remove", "person.reset", "person.resume", "person.role",
  "person.second-factor-removed", "person.sessions-ended", "person.suspend", "picture.remove", "school.backup", "school.restore", "school.set-up", "school.set-up-link",
  "second-factor.add", "second-factor.codes", "second-factor.recovery", "second-factor.remove", "setting.change", "sign-in",
  "sign-in.refused", "sign-in.replayed",
] as const;
export type AuditAction = (typeof auditActions)[number];
