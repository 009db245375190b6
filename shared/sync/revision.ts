import * as z from "zod/mini";
import { Uuid } from "../kernel/schema.ts";

/** A write that the server has taken. */
export const Revision = z.strictObject({ id: Uuid, rev: Uuid });
export type Revision = z.infer<typeof Revision>;
