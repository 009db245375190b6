import * as z from "zod/mini";
import { text, Uuid } from "../kernel/schema.ts";
import { FILE_BYTES_MAX, FILE_NAME_CHARACTERS_MAX } from "../limits.ts";

/** Types that may be stored, decided from the bytes by the server, and how each is shown. SVG only after sanitising, only in <img>. */
export const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"] as const;
export const ImageType = z.enum(imageTypes);

/**
 * Metadata of a tus 1.0 upload (`Upload-Metadata`), made with POST /api/files. The id of the reference is made on the device, so that a
 * page can show the picture before it is sent. Access is by reference, never by hash.
 */
export const UploadMetadata = z.strictObject({
  id: Uuid,
  courseId: Uuid,
  name: text(FILE_NAME_CHARACTERS_MAX),
  type: ImageType,
  /** SHA-256 of the whole file in lower-case hex; the server compares it at the end. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});
export type UploadMetadata = z.infer<typeof UploadMetadata>;
export const UploadLength = z.int().check(z.gte(1), z.lte(FILE_BYTES_MAX));
