import * as z from "zod/mini";
import { text } from "../kernel/schema.ts";

/** With what a person comes in again on a device. */
export type LockKind = "pin" | "pictures";

/** POST /api/auth/device-key */
export const DeviceKey = z.strictObject({ key: text(100) });
/** Answer of POST /api/me/device-key: shown once, and kept on the device under the PIN or the pictures. */
export const NewDeviceKey = z.object({ key: z.string() });
