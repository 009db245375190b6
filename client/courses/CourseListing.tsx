import { type JSX, Match, Switch } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { useFirstSync } from "../storage/queries.ts";
import { Skeleton } from "../ui/Notice.tsx";
import type { CourseSummary } from "./course-summary.ts";
import { NoCourses } from "./NoCourses.tsx";

/** What stands where courses are listed: the list, or that it is coming, or that there is none. `courses`: undefined until the device has answered. */
export function CourseListing(props: { courses: readonly CourseSummary[] | undefined; children: JSX.Element }) {
  const words = useWords();
  const firstSync = useFirstSync();
  return (
    <Switch>
      <Match when={props.courses?.length}>{props.children}</Match>
      <Match when={!props.courses || firstSync()}>
        <Skeleton label={words("home.firstSync")} />
      </Match>
      <Match when={props.courses}>
        <NoCourses />
      </Match>
    </Switch>
  );
}
