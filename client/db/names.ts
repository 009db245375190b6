// Every name of a store on the device, so that what must be deleted with a person can be found. All but one hold the person's id.

/** RxDB; its Dexie storage keeps one database a collection, named `rxdb-dexie-<this>--<schema version>--<collection>`. */
export const documentsName = (userId: string): string => `mochila-${userId}`;
export const localName = (userId: string): string => `mochila-${userId}-local`;
/** y-indexeddb, one database a room. */
export const roomName = (userId: string, room: string): string => `mochila-${userId}-room-${room}`;
/** RxDB keeps each collection in a database of its own. */
export const collectionDatabase = (userId: string, collection: string): string => `rxdb-dexie-${documentsName(userId)}--0--${collection}`;
/** RxDB's stores beside the collections are named after it: never another one. */
export const REPLICATION = "mochila-0";
/** Cache Storage. */
export const reserveName = (userId: string): string => `reserve-${userId}`;
export const filesCacheName = (userId: string): string => `files-${userId}`;
export const generationName = (userId: string): string => `mochila-${userId}-generation`;
/** Which databases this person has here, and how much in them the server does not have. In localStorage. */
export const storesNoteName = (userId: string): string => `mochila-${userId}-stores`;
/** The only one that people share. */
export const DEVICE_NAME = "mochila-device";

/** Whether an IndexedDB database belongs to this person. */
export const isDatabaseOf = (userId: string, name: string): boolean =>
  name === localName(userId) || name.startsWith(roomName(userId, "")) || name.startsWith(`rxdb-dexie-${documentsName(userId)}--`);
