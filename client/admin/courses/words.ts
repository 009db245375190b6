import { CodedError } from "@mochila/shared/errors.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import { adminCourses as en } from "../../i18n/en/admin-courses.ts";
import { adminCourses as es } from "../../i18n/es/admin-courses.ts";
import { language } from "../../i18n/language.ts";
import { pick } from "../../i18n/localized.ts";
import { makeWords } from "../../i18n/words.ts";
import { failureWords, isRefused } from "../failure.ts";

/** Words that only administrators read. */
export const said = makeWords({ adminCourses: en }, { adminCourses: es });

export const titleWords = (title: Localized<string>): string => pick(title, language())?.value || said("adminCourses.untitled");

/** Why the school did not take a change of a course. */
export const problemWords = (error: unknown): string =>
  isRefused(error) ? said(error instanceof CodedError && error.more.details?.["field"] === "email" ? "adminCourses.problem_nobody" : "adminCourses.problem_last") : failureWords(error);
