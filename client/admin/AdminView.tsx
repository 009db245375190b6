import { useParams } from "@solidjs/router";
import { type Component, lazy, Show } from "solid-js";
import { AwayView } from "../home/AwayView.tsx";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { useUser } from "../users/queries.ts";

const away = () => ({ default: AwayView });

const parts: Readonly<Record<string, Component>> = {
  people: lazy(() => import("./PeopleView.tsx").catch(away)),
  school: lazy(() => import("./SchoolView.tsx").catch(away)),
  courses: lazy(() => import("./courses/CoursesAdminView.tsx").catch(away)),
  as: lazy(() => import("./acting/ActingOver.tsx").catch(away)),
  import: lazy(() => import("./imports/ImportView.tsx").catch(away)),
};

/** What only administrators have, by the name in the address. The server decides; others are not shown a screen that would only refuse them. */
export default function AdminView() {
  const user = useUser();
  const params = useParams<{ part: string }>();
  const part = () => (user().systemRole === "administrator" && Object.hasOwn(parts, params.part) ? parts[params.part] : undefined);
  return (
    <Show when={part()} keyed fallback={<NotFoundView />}>
      {(Part) => <Part />}
    </Show>
  );
}
