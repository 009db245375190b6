import { CodedError } from "@mochila/shared/errors.ts";
import { ImageType } from "@mochila/shared/files/file.ts";
import { FILE_BYTES_MAX, FILE_NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import type { NewPicture } from "../person.ts";

/**
 * A file as a picture to keep. Throws `too_large` and `wrong_type`: the school would refuse it later, and its place in the page would stay empty
 * for everybody.
 */
export async function readPicture(file: File): Promise<NewPicture> {
  if (file.size > FILE_BYTES_MAX) throw new CodedError("too_large", "the picture is too large", { details: { bytesMax: FILE_BYTES_MAX } });
  if (!ImageType.safeParse(file.type).success || !(await isReadable(file))) throw new CodedError("wrong_type", "not a picture of a known type");
  const bytes = await file.arrayBuffer();
  return { name: file.name.slice(0, FILE_NAME_CHARACTERS_MAX) || "picture", type: file.type, sha256: await sha256(bytes), blob: new Blob([bytes], { type: file.type }) };
}

/** Whether this browser can draw it: a name and a type are only what somebody claims. Nothing of it runs, also not of an SVG. */
async function isReadable(file: Blob): Promise<boolean> {
  const address = URL.createObjectURL(file);
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    return true;
  } catch {
    return false;
  } finally {
    URL.revokeObjectURL(address);
  }
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
