import { Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { LinkButton } from "../ui/Button.tsx";
import { useUser } from "../users/queries.ts";

/** The ways to another course: into one that is there, and, for those who may begin one, to a new one. */
export function BeginCourse() {
  const words = useWords();
  const user = useUser();
  return (
    <p class="btns mb-4">
      <LinkButton href="/courses/join">{words("course.join")}</LinkButton>
      <Show when={user().systemRole !== "student"}>
        <LinkButton href="/courses/new" icon="plus">
          {words("course.begin")}
        </LinkButton>
      </Show>
    </p>
  );
}
