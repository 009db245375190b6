import * as z from "zod/mini";
import { Uuid } from "../kernel/schema.ts";

/** A face is shown at 88 px and less; twice that for sharp screens. Made square and small on the device. */
export const PICTURE_SIDE_PX = 192;
/** What the server takes: more than a picture of that size ever has. */
export const PICTURE_BYTES_MAX = 64 * 1_024;
/** A device that cannot write WebP writes JPEG. */
export const PictureType = z.enum(["image/webp", "image/jpeg", "image/png"]);

/** Answer of POST /api/me/picture. */
export const PictureTaken = z.object({ picture: Uuid });
