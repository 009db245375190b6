import type { imageTypes } from "@mochila/shared/files/file.ts";

export type ImageTypeName = (typeof imageTypes)[number];

export interface ImageFormat {
  readonly type: ImageTypeName;
  /** In CSS pixels, where the file says so. */
  readonly width: number | null;
  readonly height: number | null;
}

const startsWith = (bytes: Uint8Array, signature: readonly number[], at = 0): boolean => signature.every((byte, index) => bytes[at + index] === byte);

const ascii = (bytes: Uint8Array, from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString("latin1");

const sizeOrNull = (width: number, height: number): { width: number | null; height: number | null } =>
  width >= 1 && height >= 1 && width <= 20_000 && height <= 20_000 ? { width, height } : { width: null, height: null };

/** Walks the segments of a JPEG up to the frame header, which says the size. */
function jpegSize(view: DataView): { width: number | null; height: number | null } {
  for (let at = 2; at + 9 < view.byteLength && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return sizeOrNull(view.getUint16(at + 7), view.getUint16(at + 5));
    at += 2 + view.getUint16(at + 2);
  }
  return { width: null, height: null };
}

function webpSize(bytes: Uint8Array, view: DataView): { width: number | null; height: number | null } {
  const kind = ascii(bytes, 12, 16);
  if (kind === "VP8X" && bytes.length >= 30) {
    const three = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    return sizeOrNull(three(24) + 1, three(27) + 1);
  }
  if (kind === "VP8 " && bytes.length >= 30) return sizeOrNull(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  if (kind === "VP8L" && bytes.length >= 25) {
    const bits = view.getUint32(21, true);
    return sizeOrNull((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
  }
  return { width: null, height: null };
}

/** SVG is text: a root element `svg` after at most a declaration, comments and a document type. The sanitiser decides the rest. */
const looksLikeSvg = (bytes: Uint8Array): boolean => /^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[\s\S]*?-->\s*|<!DOCTYPE[^>[]*(?:\[[^\]]*\])?>\s*|<\?[^>]*\?>\s*)*<(?:\w+:)?svg[\s>/]/u.test(Buffer.from(bytes.subarray(0, 64 * 1024)).toString("utf8"));

/** What the bytes are, by their first ones and never by a name or a claim. Null: no picture that may be stored. */
export function imageFormat(bytes: Uint8Array): ImageFormat | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) && bytes.length >= 33 && ascii(bytes, 12, 16) === "IHDR") {
    return { type: "image/png", ...sizeOrNull(view.getUint32(16), view.getUint32(20)) };
  }
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return { type: "image/jpeg", ...jpegSize(view) };
  if (bytes.length >= 13 && /^GIF8[79]a$/u.test(ascii(bytes, 0, 6))) return { type: "image/gif", ...sizeOrNull(view.getUint16(6, true), view.getUint16(8, true)) };
  if (ascii(bytes, 0, 4) === "RIFF" && ascii(bytes, 8, 12) === "WEBP") return { type: "image/webp", ...webpSize(bytes, view) };
  if (looksLikeSvg(bytes)) return { type: "image/svg+xml", width: null, height: null };
  return null;
}
