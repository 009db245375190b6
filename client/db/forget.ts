import { filesCacheName, generationName, isDatabaseOf } from "./names.ts";

/**
 * Deletes everything of one person from this device. Their app is closed in this tab; another tab that has it open would block the
 * deletion, so it is not waited for longer than the browser needs to tell: what is blocked goes when that tab closes.
 */
export async function forgetPerson(userId: string): Promise<void> {
  const names = (await indexedDB.databases()).flatMap(({ name }) => (name !== undefined && isDatabaseOf(userId, name) ? [name] : []));
  await Promise.all(names.map(deleteDatabase));
  await caches.delete(filesCacheName(userId));
  localStorage.removeItem(generationName(userId));
}

const deleteDatabase = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.addEventListener("success", () => resolve());
    request.addEventListener("blocked", () => resolve());
    request.addEventListener("error", () => reject(request.error ?? new Error("a database could not be deleted")));
  });
