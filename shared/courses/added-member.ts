import * as z from "zod/mini";
import { orElse, Uuid } from "../kernel/schema.ts";

/** Answer of POST /api/courses/:id/members. `already`: they were in the course before, in this role. `invited`: their account was made by it, and a letter says so. */
export const AddedMember = z.object({ userId: Uuid, name: z.string(), outcome: orElse(z.enum(["added", "already", "invited"]), "added") });
export type AddedMember = z.infer<typeof AddedMember>;
