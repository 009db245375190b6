import { type RescuedWork, usePerson } from "../person.ts";

/** What a person does about work that waits, or that was refused. */
export function useOutboxActions() {
  const { sync } = usePerson();
  return {
    sendNow: () => sync.syncNow(),
    copy: (work: RescuedWork) => navigator.clipboard.writeText(work.text),
    sendAgain: (work: RescuedWork) => sync.sendRescuedAgain(work.key),
    /** Answers what brings it back. */
    discard: async (work: RescuedWork) => {
      await sync.discardRescued(work.key);
      return () => sync.restoreRescued(work);
    },
  };
}
