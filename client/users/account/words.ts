import { account as en } from "../../i18n/en/account.ts";
import { account as es } from "../../i18n/es/account.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words that only these screens have. */
export const said = makeWords({ account: en }, { account: es });
