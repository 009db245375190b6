import { audit as en } from "../i18n/en/audit.ts";
import { audit as es } from "../i18n/es/audit.ts";
import { makeWords } from "../i18n/words.ts";

/** Words of the audit log. */
export const logged = makeWords({ audit: en }, { audit: es });
