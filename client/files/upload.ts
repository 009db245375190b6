import { isErrorCode } from "@mochila/shared/errors.ts";
import { readError } from "../sync/request.ts";
import type { WaitingUpload } from "../db/local.ts";
import { authorized, type FileNetwork } from "./download.ts";

/** Small enough that a broken connection on 16 kbit/s costs little; the server takes any size up to its bound. */
const CHUNK_BYTES = 256 * 1024;
const TUS = { "tus-resumable": "1.0.0" } as const;

export type Upload = { readonly kind: "done" } | { readonly kind: "refused"; readonly code: string } | { readonly kind: "later" };

/**
 * Sends one file in pieces (tus 1.0): made with POST, then PATCH after PATCH from the offset that the server names. Whatever was lost
 * on the way, the server's offset says where to go on.
 */
export async function upload(network: FileNetwork, { row, blob, located }: { row: WaitingUpload; blob: Blob; located(location: string | null): Promise<void> }): Promise<Upload> {
  try {
    let { location } = row;
    let offset = location === null ? null : await offsetOf(network, location);
    if (location === null || offset === null) {
      const made = await create(network, row);
      if (made.kind !== "made") return made;
      ({ location, offset } = made);
      await located(location);
    }
    while (offset < blob.size) {
      const answer = await authorized(network, location, {
        method: "PATCH",
        headers: { ...TUS, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
        body: blob.slice(offset, offset + CHUNK_BYTES),
      });
      if (!answer) return { kind: "later" };
      if (answer.status === 409) offset = (await offsetOf(network, location)) ?? 0;
      else if (answer.ok) offset = Number(answer.headers.get("upload-offset") ?? offset + CHUNK_BYTES);
      else return await refusal(answer, () => located(null));
    }
    return { kind: "done" };
  } catch {
    return { kind: "later" };
  }
}

type Made = { readonly kind: "made"; readonly location: string; readonly offset: number };

async function create(network: FileNetwork, row: WaitingUpload): Promise<Made | Upload> {
  const metadata = { id: row.id, courseId: row.courseId, name: row.name, type: row.type, sha256: row.sha256 };
  const answer = await authorized(network, "/api/files", {
    method: "POST",
    headers: { ...TUS, "upload-length": String(row.bytes), "upload-metadata": Object.entries(metadata).map(([key, value]) => `${key} ${base64(value)}`).join(",") },
  });
  if (!answer) return { kind: "later" };
  if (!answer.ok) return refusal(answer, () => Promise.resolve());
  const location = answer.headers.get("location");
  if (location === null) return { kind: "later" };
  return { kind: "made", location: new URL(location, globalThis.location.href).pathname, offset: Number(answer.headers.get("upload-offset") ?? 0) };
}

/** Null when the server knows no such upload (any more). */
async function offsetOf(network: FileNetwork, location: string): Promise<number | null> {
  const answer = await authorized(network, location, { method: "HEAD", headers: TUS });
  if (!answer) throw new Error("no session");
  if (answer.status === 404 || answer.status === 410) return null;
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return Number(answer.headers.get("upload-offset") ?? 0);
}

/** A lost upload begins anew; what no repetition changes is the person's to know; the rest is weather. */
async function refusal(answer: Response, lost: () => Promise<void>): Promise<Upload> {
  if (answer.status === 404 || answer.status === 410) {
    await lost();
    return { kind: "later" };
  }
  const { ours, code } = await readError(answer);
  // A school's filter or a captive portal answers 403 to good work: only our own server gives up a picture.
  const final = ours && answer.status >= 400 && answer.status < 500 && ![401, 408, 409, 423, 425, 429].includes(answer.status);
  return final ? { kind: "refused", code: isErrorCode(code) ? code : "invalid_input" } : { kind: "later" };
}

/** tus wants Base64 of UTF-8. */
const base64 = (text: string): string => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));
