import { builder as en } from "../i18n/en/builder.ts";
import { builder as es } from "../i18n/es/builder.ts";
import { makeWords } from "../i18n/words.ts";

const words = makeWords({ builder: en }, { builder: es });

/** The words of the course builder, loaded with it. */
export const useBuilderWords = () => words;
