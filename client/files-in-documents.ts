import type { RxCollection } from "rxdb/plugins/core";
import type { Item } from "@mochila/shared/pages/schema.ts";
import type { FileList } from "./files/store.ts";

/** Tells which files the courses on this device show, now and at each change: the composition point between documents and files. */
export function watchFileLists(items: RxCollection<Item>, listener: (lists: readonly FileList[]) => void): () => void {
  const watch = items.find({ selector: { kind: "edition" } }).$.subscribe((documents) => {
    listener(documents.flatMap((document) => {
      const item = document.toJSON() as Item;
      return item.kind === "edition" ? [{ courseId: item.courseId, files: item.files }] : [];
    }));
  });
  return () => watch.unsubscribe();
}
