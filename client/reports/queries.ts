import { type Accessor, createEffect, createMemo, createSignal, on } from "solid-js";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { CodedError, type ErrorCode } from "@mochila/shared/errors.ts";
import type { Item, PageItem } from "@mochila/shared/pages/schema.ts";
import { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import { onContact } from "../contact.ts";
import { useOne, useRows } from "../db/live-query.ts";
import { type KeptAnswer, usePerson } from "../person.ts";
import { useNow } from "../ui/now.ts";

export interface Report {
  readonly activity: CourseActivity;
  /** When this device got it, ms since 1970. */
  readonly at: number;
}

export interface AskedReport {
  /** Null: this device has none. Undefined: not known yet. */
  readonly report: Accessor<Report | null | undefined>;
  /** Why the report that is shown, if any, is not of this moment. */
  readonly problem: Accessor<ErrorCode | null>;
  readonly asking: Accessor<boolean>;
  ask(): Promise<void>;
}

/** An answer of an older server may have another form: then there is none. */
function toReport(answer: KeptAnswer | null): Report | null {
  const parsed = CourseActivity.safeParse(answer?.value);
  return answer && parsed.success ? { activity: parsed.data, at: answer.at } : null;
}

const codeOf = (error: unknown): ErrorCode => (error instanceof CodedError ? error.code : "internal");

/** The course's report: at once the last one of this device, then the server's, and again every half minute while somebody looks. */
export function useCourseActivity(courseId: Accessor<string>, days: Accessor<number>): AskedReport {
  const { answers } = usePerson();
  const now = useNow();
  const path = createMemo(() => `/api/reports/course-activity?courseId=${courseId()}&days=${days()}`);
  const [report, setReport] = createSignal<Report | null | undefined>();
  const [problem, setProblem] = createSignal<ErrorCode | null>(null);
  const [asking, setAsking] = createSignal(false);

  const ask = async (): Promise<void> => {
    const asked = path();
    setAsking(true);
    try {
      const fresh = toReport(await answers.ask(asked));
      if (asked !== path()) return;
      setReport(fresh);
      setProblem(fresh ? null : "internal");
    } catch (error) {
      if (asked !== path()) return;
      if (codeOf(error) === "forbidden") setReport(null);
      setProblem(codeOf(error));
    } finally {
      if (asked === path()) setAsking(false);
    }
  };
  createEffect(
    on(path, async (asked) => {
      setReport(undefined);
      setProblem(null);
      const kept = toReport(await answers.kept(asked));
      if (asked !== path()) return;
      if (report() === undefined) setReport(kept);
      await ask();
    }),
  );
  const again = () => document.visibilityState === "visible" && !asking() && void ask();
  createEffect(on(now, again, { defer: true }));
  onContact(() => problem() === "unavailable" && again());
  return { report, problem, asking, ask };
}

export interface CourseNames {
  readonly course: Accessor<Course | null | undefined>;
  readonly members: Accessor<readonly Member[] | undefined>;
  readonly pages: Accessor<ReadonlyMap<string, PageItem>>;
}

/** What the figures are about, from this device. */
export function useCourseNames(courseId: Accessor<string>): CourseNames {
  const { collections } = usePerson();
  const course = useOne<Course>(() => collections.courses.findOne(courseId()));
  const members = useRows<Member>(() => collections.members.find({ selector: { courseId: courseId() } }));
  // Pages alone have a module, so this index holds no text.
  const items = useRows<Item>(() => collections.items.find({ selector: { moduleId: { $gte: "" } }, index: ["moduleId", "order"] }));
  const pages = createMemo(() => new Map((items() ?? []).flatMap((item) => (item.kind === "page" && item.courseId === courseId() ? [[item.id, item] as const] : []))));
  return { course, members, pages };
}

/** Whether this person is of the staff of the course; null while the device does not know. */
export function useIsStaff(members: Accessor<readonly Member[] | undefined>): Accessor<boolean | null> {
  const { user } = usePerson();
  return createMemo(() => {
    const own = members()?.find((member) => member.userId === user().id && member.state === "active");
    return members() === undefined ? null : own?.role === "instructor" || own?.role === "assistant";
  });
}
