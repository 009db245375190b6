import { LinkButton } from "../ui/Button.tsx";
import { said } from "./words.ts";

/** The ways to what only administrators have. */
export default function AdminLinks() {
  return (
    <>
      <LinkButton href="/admin/people" icon="users">
        {said("admin.peopleLink")}
      </LinkButton>
      <LinkButton href="/admin/courses" icon="book-open">
        {said("admin.coursesLink")}
      </LinkButton>
      <LinkButton href="/admin/school" icon="chart">
        {said("admin.schoolLink")}
      </LinkButton>
    </>
  );
}
