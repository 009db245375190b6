import { course } from "./es/course.ts";
import { home } from "./es/home.ts";
import { outbox } from "./es/outbox.ts";
import { page } from "./es/page.ts";
import { shell } from "./es/shell.ts";
import { storage } from "./es/storage.ts";
import { users } from "./es/users.ts";

export const es = { course, home, outbox, page, shell, storage, users };
