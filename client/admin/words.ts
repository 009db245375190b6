import { admin as en } from "../i18n/en/admin.ts";
import { admin as es } from "../i18n/es/admin.ts";
import { makeWords } from "../i18n/words.ts";

/** Words that only administrators read. */
export const said = makeWords({ admin: en }, { admin: es });
