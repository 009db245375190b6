import { usePerson } from "../person.ts";

/** Keeping and freeing what courses show. Text is always here; this is about pictures and other files. */
export function useStorageActions() {
  const { files, activity } = usePerson();
  return {
    /** Fetches all of a course's files and goes on by itself after an interruption. */
    keep: async (courseId: string) => {
      await activity.record({ verb: "course.kept", courseId });
      await files.keep(courseId);
    },
    resume: (courseId: string) => files.keep(courseId),
    pause: (courseId: string) => files.pause(courseId),
    release: (courseId: string) => files.release(courseId),
    /** Fetches single files, one after the other. Answers whether all of them are here now. */
    get: async (fileIds: readonly string[]): Promise<boolean> => {
      for (const id of fileIds) {
        const address = await files.open(id);
        if (address === null) return false;
        files.close(address);
      }
      return true;
    },
  };
}
