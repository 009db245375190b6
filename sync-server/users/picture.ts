import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid, newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { PICTURE_BYTES_MAX, PICTURE_SIDE_PX, PictureTaken, PictureType } from "@mochila/shared/users/picture.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Database } from "../db/database.ts";
import { acceptImage } from "../files/accept-image.ts";
import type { BlobStore } from "../files/blob-store.ts";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import { readBytes } from "../http/request-body.ts";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import type { Hints } from "../sync/hints.ts";
import { changePicture } from "./profile.ts";

export interface PictureParts {
  readonly database: Database;
  readonly blobs: Pick<BlobStore, "put">;
  readonly hints: Pick<Hints, "publish">;
  readonly clock: Clock;
  readonly random: Random;
}

/** Where and with what a camera took it: the device leaves that out, and what still has it is not taken. */
const METADATA = ["Exif\0\0", "EXIF", "eXIf", "http://ns.adobe.com/xap/", "XMP "];

/** Throws `wrong_type`, `too_large`, `invalid_input`. */
function acceptPicture(bytes: Uint8Array) {
  const { type, width, height } = acceptImage(bytes);
  if (!PictureType.safeParse(type).success) throw new CodedError("wrong_type", "A picture of a person is WebP, JPEG or PNG.");
  const latin = Buffer.from(bytes).toString("latin1");
  if (METADATA.some((mark) => latin.includes(mark))) throw new CodedError("wrong_type", "The picture still says where it was taken; the app leaves that out.");
  if (width === null || width !== height || width > 2 * PICTURE_SIDE_PX) throw new CodedError("invalid_input", `A picture is a square of at most ${2 * PICTURE_SIDE_PX} pixels.`);
  return { bytes, type };
}

/** Own picture: put, taken away; and taken away by an administrator. Shown by its file (`files/routes.ts`). */
export function pictureRoutes(parts: PictureParts): Route[] {
  const { database, blobs, hints, clock, random } = parts;
  const own = ({ actor }: RouteRequest<unknown, unknown>): string => {
    if (!actor) throw new CodedError("not_signed_in", "Sign in first.");
    return actor.userId;
  };
  return [
    route({
      method: "POST", path: "/api/me/picture", access: "person", summary: "My picture: a small square, WebP or JPEG", reads: "raw", bytesMax: PICTURE_BYTES_MAX, answer: PictureTaken, perMinuteMax: 10,
      handle: async (request) => {
        const userId = own(request);
        const { bytes, type } = acceptPicture(await readBytes(request.context.req.raw, PICTURE_BYTES_MAX));
        const picture = { id: newId({ clock, random }), hash: await blobs.put(bytes), type };
        hints.publish(await database.transaction((transaction) => changePicture(transaction, userId, picture)));
        return { picture: picture.id };
      },
    }),
    route({
      method: "DELETE", path: "/api/me/picture", access: "person", summary: "Take my picture away",
      handle: async (request) => {
        const userId = own(request);
        hints.publish(await database.transaction((transaction) => changePicture(transaction, userId, null)));
        return new Response(null, { status: 204 });
      },
    }),
    route({
      method: "DELETE", path: "/api/admin/people/:id/picture", access: "administrator", summary: "Take a person's picture away",
      handle: async (request) => {
        await removePicture(parts, { userId: own(request), sessionId: request.sessionId, network: networkOf(remoteAddress(request.context)) }, request.params["id"] ?? "");
        return new Response(null, { status: 204 });
      },
    }),
  ];
}

/** Throws `forbidden` where there is no such person. */
async function removePicture({ database, hints, clock }: PictureParts, by: AuditActor, id: string): Promise<void> {
  const scopes = await database.transaction(async (transaction) => {
    const [person] = isUuid(id) ? await transaction`select 1 from person where id = ${id} and state <> 'closed' for update` : [];
    if (!person) throw new CodedError("forbidden", "There is no such person.");
    await writeAudit(transaction, { clock }, { by, action: "picture.remove", object: { kind: "person", id } });
    return changePicture(transaction, id, null);
  });
  hints.publish(scopes);
}
