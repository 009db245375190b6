import { For, Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { Empty } from "../ui/Notice.tsx";
import { useUser } from "../users/queries.ts";

/** Courses begin at the server's command line; each line says there what else it takes. */
const commands = ["npm run mochila -- create-course --help", "npm run mochila -- import-course --help", "npm run mochila -- enrol --help"];

/** No course yet: who administers the school reads how one begins, everybody else that somebody will add them. */
export function NoCourses() {
  const words = useWords();
  const user = useUser();
  const administers = () => user().systemRole === "administrator";
  return (
    <>
      <Empty title={words("home.noCoursesTitle")}>{words(administers() ? "home.noCoursesYet" : "home.noCourses")}</Empty>
      <Show when={administers()}>
        <ul class="commands">
          <For each={commands}>
            {(command) => (
              <li>
                <code>{command}</code>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  );
}
