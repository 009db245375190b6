import type { ImportLine } from "@mochila/shared/admin/people-import.ts";

/** For the terminal, which speaks English; the app says the same in its own words. */
const sentences: Readonly<Record<NonNullable<ImportLine["problem"]>, string>> = {
  "email-missing": "the e-mail is missing",
  "email-wrong": "this is no e-mail",
  "name-missing": "a new person needs a name",
  "name-wrong": "the name is too long or holds signs that no name has",
  "name-differs": "another name than in line {other}",
  "system-role-unknown": "the role is administrator, instructor or student",
  "system-role-differs": "another role than in line {other}",
  "own-role": "nobody changes their own role",
  "last-administrator": "a school needs an administrator",
  suspended: "this account is suspended; let the person in again first",
  "language-unknown": "the language is en or es",
  "course-unknown": "there is no such course",
  "course-several": "several courses are called so; name one by its id",
  "course-in-bin": "the course is in the bin",
  "course-missing": "a role or an end in a course needs the course",
  "course-role-unknown": "the role in the course is student, instructor, assistant or observer",
  "course-role-differs": "another role in this course than in line {other}",
  "last-instructor": "the course needs an instructor",
  "end-wrong": "the end is a day (2026-12-18) or a moment with its zone (2026-12-18T14:00Z)",
  "end-past": "the end must still come",
  "end-of-instructor": "who teaches the course has no end",
  "end-differs": "another end in this course than in line {other}",
  other: "something is wrong with it",
};

export const problemSentence = ({ problem, email, otherLine }: ImportLine): string =>
  `${email === "" ? "" : `${email}: `}${problem === null ? "" : sentences[problem].replace("{other}", String(otherLine ?? ""))}`;
