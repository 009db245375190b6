import { history as en } from "../i18n/en/history.ts";
import { history as es } from "../i18n/es/history.ts";
import { makeWords } from "../i18n/words.ts";

const words = makeWords({ history: en }, { history: es });

/** The sentences of the history, loaded with it. */
export const useHistoryWords = () => words;
