import { course } from "./en/course.ts";
import { home } from "./en/home.ts";
import { outbox } from "./en/outbox.ts";
import { page } from "./en/page.ts";
import { shell } from "./en/shell.ts";
import { storage } from "./en/storage.ts";
import { users } from "./en/users.ts";

/** What everybody loads. The course builder, the editor and the reports bring their own words with `makeWords`. */
export const en = { course, home, outbox, page, shell, storage, users } as const;
