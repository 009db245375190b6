import { shell } from "./es/shell.ts";

export const es = { shell };
