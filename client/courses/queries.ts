import { type Accessor, createMemo } from "solid-js";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { type EditionItem, editionId, type Item, type PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { useOne, useRows, useRowsById } from "../db/live-query.ts";
import { language } from "../i18n/language.ts";
import { type KeptCourse, usePerson } from "../person.ts";
import { createReconciled } from "../ui/live.ts";
import { type CourseSummary, courseSummaries, memberOf, roleOf, teachersOf } from "./course-summary.ts";
import { type CourseTree, courseTree } from "./course-tree.ts";

const isPage = (item: Item): item is PageItem => item.kind === "page";

/** Pages alone have a module, so this index holds no text. */
const pagesByModule = { index: ["moduleId", "order"] };

export function usePages(): Accessor<readonly PageItem[] | undefined> {
  const { collections } = usePerson();
  const items = useRows<Item>(() => collections.items.find({ selector: { moduleId: { $gte: "" } }, ...pagesByModule }));
  return createMemo(() => items()?.filter(isPage));
}

export function useOwnProgress(): Accessor<readonly Progress[] | undefined> {
  const { collections, user } = usePerson();
  const rows = useRows<Progress>(() => collections.progress.find());
  return createMemo(() => rows()?.filter((row) => row.userId === user().id));
}

/** The person's courses with what is done in each; undefined until the device has answered. */
export function useCourseSummaries(): Accessor<readonly CourseSummary[] | undefined> {
  const { collections, user } = usePerson();
  const courses = useRows<Course>(() => collections.courses.find());
  const members = useRows<Member>(() => collections.members.find());
  const modules = useRows<Module>(() => collections.modules.find());
  const pages = usePages();
  const progress = useOwnProgress();
  return createReconciled(() => {
    const [c, m, s, p, g] = [courses(), members(), modules(), pages(), progress()];
    return c && m && s && p && g && courseSummaries({ courses: c, members: m, modules: s, pages: p, progress: g, userId: user().id, lang: language() });
  });
}

/** Names for the side bar. */
export function useSideCourses(): Accessor<readonly { id: string; name: string; lang: string }[]> {
  const { collections } = usePerson();
  const courses = useRows<Course>(() => collections.courses.find());
  return createMemo(() =>
    courseSummaries({ courses: courses() ?? [], members: [], modules: [], pages: [], progress: [], userId: "", lang: language() }).map(({ id, title }) => ({
      id,
      name: title?.value ?? "",
      lang: title?.lang ?? language(),
    })),
  );
}

export interface OpenCourse {
  readonly course: Accessor<Course | null | undefined>;
  readonly teachers: Accessor<readonly string[]>;
  readonly role: Accessor<CourseRole | null>;
  /** When the person's own place in it ends. */
  readonly endsAt: Accessor<number | undefined>;
  readonly tree: Accessor<CourseTree | undefined>;
  readonly kept: Accessor<KeptCourse | undefined>;
}

/** One course with its modules and items. `drafts`: for those who arrange it. */
export function useCourse(courseId: Accessor<string>, { drafts = false } = {}): OpenCourse {
  const { collections, user, files } = usePerson();
  const course = useOne<Course>(() => collections.courses.findOne(courseId()));
  const members = useRows<Member>(() => collections.members.find({ selector: { courseId: courseId() } }));
  const modules = useRows<Module>(() => collections.modules.find({ selector: { courseId: courseId() } }));
  const allPages = usePages();
  const pages = createMemo(() => allPages()?.filter((page) => page.courseId === courseId()));
  const pageIds = createMemo(() => pages()?.map((page) => page.id) ?? [], [], { equals: (a, b) => a.join() === b.join() });
  const editions = useRowsById<Item>(() => collections.items.findByIds(pageIds().map(editionId)));
  const progress = useRows<Progress>(() => collections.progress.find({ selector: { courseId: courseId() } }));
  const tree = createReconciled(() => {
    const [m, p, e, g] = [modules(), pages(), editions(), progress()];
    if (!m || !p || !e || !g) return undefined;
    const known = e.filter((item): item is EditionItem => item.kind === "edition");
    const own = g.filter((row) => row.userId === user().id);
    return courseTree({ modules: m, pages: p, editions: known, progress: own, onDevice: files.onDevice(), lang: language(), drafts });
  });
  return {
    course,
    teachers: createMemo(() => teachersOf(members() ?? [], courseId())),
    role: createMemo(() => roleOf(members() ?? [], courseId(), user().id)),
    endsAt: createMemo(() => memberOf(members() ?? [], courseId(), user().id)?.endsAt),
    tree,
    kept: () => files.kept().get(courseId()),
  };
}
