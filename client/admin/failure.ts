import { CodedError } from "@mochila/shared/errors.ts";
import { useWords } from "../i18n/words.ts";
import { showToast } from "../ui/toast.ts";
import { said } from "./words.ts";

export const isRefused = (error: unknown): boolean => error instanceof CodedError && error.code === "invalid_input";

/** The school could not be asked: there is no network, or it is away. */
export const isAway = (error: unknown): boolean => error instanceof CodedError && error.code === "unavailable";

/** Why something did not happen that the school gave no reason for: without a network no trying again helps before there is one. */
export const failureWords = (error: unknown): string => (isAway(error) ? useWords()("users.problem_away") : said("admin.problem_other"));

export const showFailure = (error: unknown): void => showToast(failureWords(error));
