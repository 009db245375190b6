import { lock as en } from "../../i18n/en/lock.ts";
import { lock as es } from "../../i18n/es/lock.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words that only these screens have. */
export const said = makeWords({ lock: en }, { lock: es });
