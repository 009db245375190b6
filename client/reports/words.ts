import { reports as en } from "../i18n/en/reports.ts";
import { reports as es } from "../i18n/es/reports.ts";
import { makeWords } from "../i18n/words.ts";

const words = makeWords({ reports: en }, { reports: es });

/** The sentences of the reports, loaded with them. */
export const useReportWords = () => words;
