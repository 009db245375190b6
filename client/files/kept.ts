import type { KeptCourse } from "../person.ts";

export interface CourseFile {
  readonly id: string;
  readonly bytes: number;
}

export interface KeptFacts {
  readonly kept: readonly { readonly courseId: string; readonly paused: boolean }[];
  readonly filesOf: ReadonlyMap<string, readonly CourseFile[]>;
  readonly onDevice: ReadonlySet<string>;
  /** Files that were asked for and could not be had. */
  readonly failed: ReadonlySet<string>;
}

/** How far each kept course is: nothing is stored of it, it follows from what is on the device. */
export function keptCourses({ kept, filesOf, onDevice, failed }: KeptFacts): Map<string, KeptCourse> {
  return new Map(
    kept.map(({ courseId, paused }) => {
      const files = filesOf.get(courseId) ?? [];
      const sum = (some: readonly CourseFile[]) => some.reduce((bytes, file) => bytes + file.bytes, 0);
      const missing = files.filter(({ id }) => !onDevice.has(id));
      const state = missing.length === 0 ? "kept" : paused ? "paused" : missing.every(({ id }) => failed.has(id)) ? "failed" : "getting";
      const bytesAll = sum(files);
      return [courseId, { courseId, state, bytesDone: bytesAll - sum(missing), bytesAll }];
    }),
  );
}

/** The next file to get: courses in the order in which they were kept. */
export function nextMissing({ kept, filesOf, onDevice, failed }: KeptFacts): (CourseFile & { readonly courseId: string }) | null {
  for (const { courseId, paused } of kept) {
    if (paused) continue;
    const file = filesOf.get(courseId)?.find(({ id }) => !onDevice.has(id) && !failed.has(id));
    if (file) return { ...file, courseId };
  }
  return null;
}
