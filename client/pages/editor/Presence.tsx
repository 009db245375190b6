import { type Accessor, createSignal, For, onCleanup, Show } from "solid-js";
import type { Awareness } from "y-protocols/awareness";
import { formatList } from "../../i18n/formats.ts";
import { Picture } from "../../users/Face.tsx";
import type { PeerState } from "./cursors.ts";
import { useEditorWords } from "./words.ts";

export interface Peer {
  readonly userId: string;
  readonly color: number;
}

/** The other people in these rooms, each once. */
export function createPeers(awarenesses: readonly Awareness[], ownId: string): Accessor<readonly Peer[]> {
  const read = (): Peer[] => {
    const people = new Map<string, Peer>();
    for (const awareness of awarenesses) {
      for (const { user } of awareness.getStates().values() as Iterable<PeerState>) if (user && user.userId !== ownId) people.set(user.userId, user);
    }
    return [...people.values()].sort((left, right) => (left.userId < right.userId ? -1 : 1));
  };
  const [peers, setPeers] = createSignal<readonly Peer[]>(read(), { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) });
  const look = () => setPeers(read());
  for (const awareness of awarenesses) awareness.on("change", look);
  onCleanup(() => {
    for (const awareness of awarenesses) awareness.off("change", look);
  });
  return peers;
}

/** Faces in the header; the names are said, not only shown. */
export function Faces(props: { peers: readonly Peer[]; nameOf: (userId: string) => string; pictureOf: (userId: string) => string | undefined }) {
  const words = useEditorWords();
  const names = () => formatList(props.peers.map((peer) => props.nameOf(peer.userId)));
  return (
    <Show when={props.peers.length > 0}>
      <span class="stack" role="img" aria-label={words("editor.here", { names: names() })}>
        <For each={props.peers}>
          {(peer) => (
            <span class="face" data-peer={peer.color} aria-hidden="true" title={props.nameOf(peer.userId)}>
              <Picture name={props.nameOf(peer.userId)} picture={props.pictureOf(peer.userId)} />
            </span>
          )}
        </For>
      </span>
    </Show>
  );
}
