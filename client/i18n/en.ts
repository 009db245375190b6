import { shell } from "./en/shell.ts";

/** What everybody loads. The editor and the reports bring their own words with `makeWords`. */
export const en = { shell } as const;
