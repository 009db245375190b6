// Every name of a store on the device, so that what must be deleted with a person can be found. All but one hold the person's id.

/** RxDB; its Dexie storage keeps one database a collection, named `rxdb-dexie-<this>--<schema version>--<collection>`. */
export const documentsName = (userId: string): string => `mochila-${userId}`;
/** `version` as RxDB counts them, from 0. */
export const storeName = (userId: string, version: number, collection: string): string => `rxdb-dexie-${documentsName(userId)}--${version}--${collection}`;
export const localName = (userId: string): string => `mochila-${userId}-local`;
/** y-indexeddb, one database a room. */
export const roomName = (userId: string, room: string): string => `mochila-${userId}-room-${room}`;
/** What is the same in the names of a store in all its versions. */
export const withoutVersion = (store: string): string => store.replace(/--\d+--/, "--");
/** RxDB's stores beside the collections are named after it: never another one. */
export const REPLICATION = "mochila-0";
/** Cache Storage. */
export const reserveName = (userId: string): string => `reserve-${userId}`;
export const filesCacheName = (userId: string): string => `files-${userId}`;
export const generationName = (userId: string): string => `mochila-${userId}-generation`;
/** Which databases this person has here, and how much in them the server does not have. In localStorage. */
export const storesNoteName = (userId: string): string => `mochila-${userId}-stores`;
/** Web Locks: a tab that has the stores open in a form holds its lock, shared; the tab that sends holds the leader's. */
export const formLock = (userId: string, form: number): string => `schema:${form}:${userId}`;
export const leaderLock = (userId: string): string => `leader:${userId}`;
/** Whatever changes who is signed in, or the cookie: one tab at a time. */
export const SESSION_LOCK = "refresh";
/** A tab that shows screens over the stores, and has not yet written what they held, has it shared. */
export const screensLock = (userId: string): string => `screens:${userId}`;
/** BroadcastChannel. */
export const formChannel = (userId: string): string => `mochila-${userId}-form`;
/** The only one that people share. */
export const DEVICE_NAME = "mochila-device";

/** Whether an IndexedDB database belongs to this person. */
export const isDatabaseOf = (userId: string, name: string): boolean =>
  name === localName(userId) || name.startsWith(roomName(userId, "")) || name.startsWith(`rxdb-dexie-${documentsName(userId)}--`);
