import { groups as en } from "../../i18n/en/groups.ts";
import { groups as es } from "../../i18n/es/groups.ts";
import { makeWords } from "../../i18n/words.ts";

export const said = makeWords({ groups: en }, { groups: es });
