import { updateDocument } from "../db/write.ts";
import { usePerson } from "../person.ts";
import { restoredDocument } from "./entries.ts";
import type { Place, Subject } from "./queries.ts";

/** What a person does with an old version. */
export function useHistoryActions({ definition, id }: Place, { collection }: Pick<Subject, "collection">) {
  const { sync } = usePerson();
  return {
    /** Writes what the version said over what stands, as a change of today. Answers false if the document is not on this device. */
    restore: async (fields: Readonly<Record<string, unknown>>, isHere: (moduleId: string) => boolean): Promise<boolean> => {
      const done = collection ? await updateDocument(collection, id, (current) => restoredDocument(definition, current, fields, isHere)) : false;
      if (done) void sync.syncNow();
      return done;
    },
  };
}
