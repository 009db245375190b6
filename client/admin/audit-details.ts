import type { AuditLine } from "@mochila/shared/admin/school.ts";
import { formatDateTime } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { logged } from "./audit-words.ts";
import { said as saidOfCourses } from "./courses/words.ts";
import { said as saidOfImports } from "./imports/words.ts";
import { said } from "./words.ts";

type Value = AuditLine["details"][string];
type Naming = Readonly<Record<string, () => string>>;

/** What may stand for from, to and role: of the school, of a course, of an account, of a setting. */
const values: Naming = {
  administrator: () => said("admin.one_administrator"), instructor: () => said("admin.one_instructor"), student: () => said("admin.one_student"),
  assistant: () => saidOfCourses("adminCourses.role_assistant"), observer: () => saidOfCourses("adminCourses.role_observer"),
  draft: () => logged("audit.is_draft"), published: () => logged("audit.is_published"), archived: () => logged("audit.is_archived"), trashed: () => logged("audit.is_trashed"),
  open: () => said("admin.signUp_open"), closed: () => said("admin.signUp_closed"), instructors: () => said("admin.invitations_instructors"), administrators: () => said("admin.invitations_administrators"),
  required: () => said("admin.secondFactor_required"), optional: () => said("admin.secondFactor_optional"),
};
const settings: Naming = { signUp: () => said("admin.signUp"), invitations: () => said("admin.invitations"), secondFactor: () => said("admin.secondFactor") };
const factors: Naming = { totp: () => logged("audit.by_totp"), passkey: () => logged("audit.by_passkey"), recovery: () => logged("audit.by_recovery"), "device-key": () => logged("audit.by_device_key") };
const refusals: Naming = { password: () => logged("audit.wrong_password"), code: () => logged("audit.wrong_code"), suspended: () => logged("audit.was_suspended") };
const ways: Naming = { code: () => logged("audit.by_code"), catalogue: () => logged("audit.by_catalogue") };
const states: Naming = { active: () => logged("audit.is_active"), suspended: () => said("admin.suspended") };

const named = (names: Naming, value: Value): string[] => {
  const say = typeof value === "string" && Object.hasOwn(names, value) ? names[value] : undefined;
  return say ? [say()] : [];
};
const typed = (value: Value, say: (text: string) => string): string[] => (typeof value === "string" && value !== "" ? [say(value)] : []);
const counted = (value: Value, say: (count: number) => string): string[] => (typeof value === "number" && value > 0 ? [say(value)] : []);
const only = (value: Value, say: () => string): string[] => (value === true ? [say()] : []);

/** An instant as it was written: milliseconds, or as ISO 8601 has it. */
function dated(value: Value, now: number, say: (when: string) => string): string[] {
  const at = typeof value === "number" ? value : typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? [] : [say(formatDateTime(at, now))];
}

/** What was, and what is since. What has no words, as an id, is not said. */
function changed({ details }: AuditLine): string[] {
  const before = named(values, details["from"]);
  const since = named(values, details["to"] ?? details["role"]);
  return since.length === 0 ? [] : [[...before, ...since].join(" → ")];
}

const importCounts = ["accounts", "systemRoles", "enrolled", "courseRoles", "courseEnds", "same", "problems"] as const;
const backCounts = ["accounts", "systemRoles", "enrolled", "courseRoles", "courseEnds", "kept"] as const;

/** What an import did, or what was taken back of it; of one that is only asked to be taken back, nothing. */
function importWords({ action, details }: AuditLine): string[] {
  if (action === "people.import-undone") return backCounts.flatMap((name) => counted(details[name], (count) => `${saidOfImports(`imports.back_${name}`)}: ${count}`));
  if (action === "people.import-undo") return [];
  return importCounts.flatMap((name) => counted(details[name], (count) => `${saidOfImports(`imports.${name}`)}: ${count}`));
}

/** A word or a few for each thing that an entry says beside its action, in the language of the moment; what nobody has words for is left out. */
export function detailWords(line: AuditLine, now: number): string[] {
  const { details, action, course, file, setting } = line;
  const imported = action.startsWith("people.import");
  return [
    ...named(settings, setting),
    ...typed(course === null ? null : pick(course, language())?.value, (title) => logged("audit.in_course", { title })),
    ...changed(line),
    ...typed(details["reason"], (reason) => logged("audit.reason", { reason })),
    ...typed(file, (name) => logged("audit.file", { name })),
    ...typed(details["folder"], (name) => logged("audit.folder", { name })),
    ...only(details["isNew"], () => logged("audit.is_new")),
    ...counted(details["modules"], (count) => logged("audit.modules", { count })),
    ...counted(details["pages"], (count) => logged("audit.pages", { count })),
    ...(imported ? [] : counted(details["line"], (number) => saidOfImports("imports.line", { line: number }))),
    ...(imported ? importWords(line) : []),
    ...only(details["byHand"], () => logged("audit.by_hand")),
    ...named(refusals, details["what"]),
    ...counted(details["tries"], (count) => logged("audit.tries", { count })),
    ...counted(details["unlisted"], (count) => logged("audit.unlisted", { count })),
    ...named(factors, details["factor"] ?? details["kind"]),
    ...typed(details["device"], (device) => device),
    ...(action === "member.join" || action === "member.wait" ? named(ways, details["by"]) : []),
    ...counted(details["people"], (count) => logged("audit.people", { count })),
    ...only(details["searched"], () => logged("audit.searched")),
    ...(action === "people.export" ? named(states, details["state"]) : []),
    ...counted(details["count"], (count) => logged("audit.entries", { count })),
    ...(details["code"] === "new" ? [logged("audit.code_new")] : details["code"] === "none" ? [logged("audit.code_none")] : []),
    ...(action === "course.entry" && typeof details["open"] === "boolean" ? [logged(details["open"] ? "audit.open_yes" : "audit.open_no")] : []),
    ...counted(details["seats"], (count) => logged("audit.seats", { count })),
    ...(details["seats"] === null ? [logged("audit.seats_any")] : []),
    ...dated(details["codeEndsAt"], now, (when) => logged("audit.code_ends", { when })),
    ...dated(details["placeEndsAt"] ?? details["endsAt"], now, (when) => logged("audit.place_ends", { when })),
    ...(details["endsAt"] === null ? [logged("audit.place_stays")] : []),
    ...dated(details["at"], now, (when) => logged("audit.of_moment", { when })),
  ];
}
