import { entry as en } from "../../i18n/en/entry.ts";
import { entry as es } from "../../i18n/es/entry.ts";
import { makeWords } from "../../i18n/words.ts";

/** Words of the ways into a course: read with a network only. */
export const said = makeWords({ entry: en }, { entry: es });
