import { type Accessor, createSignal, onCleanup } from "solid-js";
import type { Awareness } from "y-protocols/awareness";
import type * as Y from "yjs";
import { FRAGMENT, pageRoom } from "@mochila/shared/collab/room.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { beginPage, mayBind } from "../../collab/editor-binding.ts";
import { type LocalDoc, openLocalDoc } from "../../collab/local-doc.ts";
import { RoomClient, type RoomStatus } from "../../collab/room-client.ts";
import { holdNotes, type RoomHolder, withoutTab } from "../../collab/room-holder.ts";
import { usePerson } from "../../person.ts";

/** One language's text, open in this tab. */
export interface RoomSession {
  readonly lang: Language;
  readonly doc: Y.Doc;
  readonly fragment: Y.XmlFragment;
  readonly awareness: Awareness;
  readonly status: Accessor<RoomStatus>;
  /** Whether the device has all that was typed here. */
  readonly isKept: Accessor<boolean>;
  /** Whether an editor may be put over it now. */
  bindable(): boolean;
  /**
   * Whether the room takes what is typed, as far as it has said. A page that this device has just made is forbidden until its row has arrived, which may be
   * later than the first ticket is asked for: an editor that became read-only for that moment would lose the focus, and the next keys would be the app's.
   */
  writable(): boolean;
  /** Before the first editor: a page that is empty for everyone gets its beginning. */
  begin(): void;
  flushed(ms: number): Promise<void>;
}

const FIRST_DOC_TURN = 0;

function mayType({ state, write, everSynced }: RoomStatus, madeHere: boolean): boolean {
  if (write === false || state === "too-large" || state === "refused") return false;
  return state !== "forbidden" || (madeHere && !everSynced);
}

/** Opens the room of a page in one language; ends with the view. Null until the device has answered. */
export function createRoomSession(place: { courseId: string; itemId: string; lang: Language; color: number; madeHere: () => boolean }): Accessor<RoomSession | null> {
  const { user, rooms, accessToken } = usePerson();
  const [session, setSession] = createSignal<RoomSession | null>(null);
  const room = pageRoom(place.itemId, place.lang);
  let holder: RoomHolder | null = null;
  let local: LocalDoc | null = null;
  let client: RoomClient | null = null;
  let ended = false;

  /** The holder lives until what it noted is stored. */
  const end = async () => {
    await local?.close();
    holder?.release();
  };
  const open = async () => {
    const held = await holdNotes();
    holder = held;
    // Asked before the document is read, so that it holds all that they noted.
    const adopted = await withoutTab((await rooms.list()).find((one) => one.room === room)?.holders ?? []);
    const opened = await openLocalDoc(user().id, room);
    local = opened;
    if (ended) return void end();
    const running = new RoomClient({ ...place, room, local: opened, rooms, accessToken, adopted, holder: held.id, random: systemRandom, origin: location.origin.replace(/^http/, "ws") });
    client = running;
    running.provider.awareness.setLocalState({ user: { userId: user().id, color: place.color }, cursor: null });
    setSession({
      lang: place.lang,
      doc: opened.doc,
      fragment: opened.doc.getXmlFragment(FRAGMENT),
      awareness: running.provider.awareness,
      status: running.status,
      isKept: opened.isKept,
      bindable: () => mayBind({ everSynced: running.status().everSynced, isEmpty: opened.isEmpty(), madeHere: place.madeHere() }),
      writable: () => mayType(running.status(), place.madeHere()),
      begin: () => beginPage(opened.doc),
      flushed: (ms) => running.flushed(ms),
    });
  };
  setTimeout(() => void open().catch((error: unknown) => console.error(error)), FIRST_DOC_TURN);
  onCleanup(() => {
    ended = true;
    client?.close();
    void end();
  });
  return session;
}
