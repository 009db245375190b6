import { bulk as en } from "../../i18n/en/bulk.ts";
import { bulk as es } from "../../i18n/es/bulk.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words of what is done to several people at once. */
export const said = makeWords({ bulk: en }, { bulk: es });
