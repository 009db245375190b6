import { people as en } from "../i18n/en/people.ts";
import { people as es } from "../i18n/es/people.ts";
import { makeWords } from "../i18n/words.ts";

/** Words that only those who teach read. */
export const said = makeWords({ people: en }, { people: es });
