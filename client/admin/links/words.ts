import { links as en } from "../../i18n/en/links.ts";
import { links as es } from "../../i18n/es/links.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words of links that administrators hand on. */
export const said = makeWords({ links: en }, { links: es });
