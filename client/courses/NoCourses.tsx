import { useWords } from "../i18n/words.ts";
import { Empty } from "../ui/Notice.tsx";
import { useUser } from "../users/queries.ts";
import { BeginCourse } from "./BeginCourse.tsx";

/** No course yet: who may begin one does it here, everybody else is added by somebody. */
export function NoCourses() {
  const words = useWords();
  const user = useUser();
  return (
    <Empty title={words("home.noCoursesTitle")} action={<BeginCourse />}>
      {words(user().systemRole === "student" ? "home.noCourses" : "home.noCoursesYet")}
    </Empty>
  );
}
