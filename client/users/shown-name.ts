import { FORMER_MEMBER } from "@mochila/shared/users/former-member.ts";
import { language } from "../i18n/language.ts";

/** A name as it is read: somebody whose account was closed is said in the language of the moment. */
export const shownName = (name: string): string => (name === FORMER_MEMBER ? { en: "Former member", es: "Antiguo miembro" }[language()] : name);
