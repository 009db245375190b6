import { Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { LinkButton } from "../ui/Button.tsx";
import { useUser } from "../users/queries.ts";

/** The way to a new course, for those who may begin one. */
export function BeginCourse() {
  const words = useWords();
  const user = useUser();
  return (
    <Show when={user().systemRole !== "student"}>
      <p class="btns mb-4">
        <LinkButton href="/courses/new" icon="plus">
          {words("course.begin")}
        </LinkButton>
      </p>
    </Show>
  );
}
