/**
 * The name of somebody whose account was closed. A dash for an app that does not know it, and a sign that no name may hold: nobody can call themselves
 * so. Apps that know it say it in their language.
 */
export const FORMER_MEMBER = "\u2014\u2069";
