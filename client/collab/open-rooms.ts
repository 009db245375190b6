/** Rooms that an editor of this tab has open: it sends for them itself. */
const open = new Map<string, number>();

export function holdRoom(room: string): () => void {
  open.set(room, (open.get(room) ?? 0) + 1);
  return () => {
    const left = (open.get(room) ?? 1) - 1;
    if (left > 0) open.set(room, left);
    else open.delete(room);
  };
}

export const isOpenHere = (room: string): boolean => open.has(room);
