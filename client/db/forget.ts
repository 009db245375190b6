import { deleteDatabase } from "./delete-database.ts";
import { filesCacheName, generationName, isDatabaseOf, reserveName, storesNoteName } from "./names.ts";

/** Deletes everything of one person from this device. Their app is closed in this tab. */
export async function forgetPerson(userId: string): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name !== undefined && isDatabaseOf(userId, name) ? [name] : []));
  await Promise.all(names.map(deleteDatabase));
  await caches.delete(filesCacheName(userId));
  await caches.delete(reserveName(userId));
  for (const name of [generationName(userId), storesNoteName(userId)]) localStorage.removeItem(name);
}
