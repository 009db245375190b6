import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

/**
 * Files that take longest, in no order. A clone that never ran has no times to go by, and begins with the largest file: what is short to read and long
 * to run stood last, and one core waited for it.
 */
const LONG = /(?:authorization\/(?:matrix|fields)|users\/even-times|faults\/(?:restored-school|kills|backup|faulty-requests|conflict-storm|permission-storm)|(?:accessibility|gap|long-offline|offline-study|new-school|pictures)\.journey)\b/u;

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
