import { data as en } from "../../i18n/en/data.ts";
import { data as es } from "../../i18n/es/data.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words that only the page of one's own data has. */
export const said = makeWords({ data: en }, { data: es });
