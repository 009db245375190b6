import { filesCacheName } from "../db/names.ts";
import { fileAddress } from "../files/cache.ts";

/** An address of a person's picture, if this device has it. */
export async function localPicture({ id, picture }: { id: string; picture: string | null }): Promise<string | null> {
  const found = picture && (await caches.match(fileAddress(picture), { cacheName: filesCacheName(id) }));
  return found ? URL.createObjectURL(await found.blob()) : null;
}
