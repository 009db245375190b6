import { CodedError } from "@mochila/shared/errors.ts";
import { FILE_BYTES_MAX } from "@mochila/shared/limits.ts";
import { imageFormat, type ImageTypeName } from "./image-format.ts";
import { sanitizeSvg } from "./svg.ts";

export interface AcceptedImage {
  /** What may be stored: the same bytes, or a cleaned SVG. */
  readonly bytes: Uint8Array;
  readonly type: ImageTypeName;
  readonly width: number | null;
  readonly height: number | null;
  /** What was left out of an SVG. */
  readonly removed: readonly string[];
}

/** Decides from the bytes alone whether they may be stored and as what. Throws `wrong_type`, `too_large`, `invalid_input`. */
export function acceptImage(bytes: Uint8Array): AcceptedImage {
  if (bytes.length > FILE_BYTES_MAX) throw new CodedError("too_large", `A file has at most ${FILE_BYTES_MAX} bytes.`, { details: { bytesMax: FILE_BYTES_MAX } });
  const format = imageFormat(bytes);
  if (!format) throw new CodedError("wrong_type", "The file is no picture that can be shown here (PNG, JPEG, GIF, WebP or SVG).");
  if (format.type !== "image/svg+xml") return { bytes, ...format, removed: [] };
  return { type: format.type, ...sanitizeSvg(bytes) };
}
