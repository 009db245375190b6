import { acting as en } from "../../i18n/en/acting.ts";
import { acting as es } from "../../i18n/es/acting.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words of looking at the school as somebody else. */
export const said = makeWords({ acting: en }, { acting: es });
