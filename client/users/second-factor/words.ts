import { factor as en } from "../../i18n/en/second-factor.ts";
import { factor as es } from "../../i18n/es/second-factor.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words that only these screens have. */
export const said = makeWords({ factor: en }, { factor: es });
