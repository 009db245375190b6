import { type JSX, Match, Show, Switch } from "solid-js";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { Empty } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import type { OpenCourse } from "./queries.ts";

interface CourseScreenProps {
  readonly open: OpenCourse;
  readonly title: string;
  readonly intro: string;
  readonly may: boolean;
  /** Said to who may not. */
  readonly notAllowed: string;
  readonly children: (course: () => Course) => JSX.Element;
}

/** A screen behind a course, for those who teach it: where it hangs, and what stands there while it comes, without it and for everybody else. */
export function CourseScreen(props: CourseScreenProps) {
  const words = useWords();
  const title = () => pick(props.open.course()?.title, language())?.value ?? "";
  return (
    <Switch>
      <Match when={props.open.course()}>
        {(course) => (
          <Page title={props.title} crumbs={[{ href: `/courses/${course().id}`, label: title() }]}>
            <div class="title">
              <h1>{props.title}</h1>
              <p>{props.intro}</p>
            </div>
            <Show when={props.may} fallback={<Empty title={title()}>{props.notAllowed}</Empty>}>
              {props.children(course)}
            </Show>
          </Page>
        )}
      </Match>
      <Match when={props.open.course() === null}>
        <NotFoundView />
      </Match>
      <Match when={props.open.course() === undefined}>
        <Page title={words("shell.loading")}>{null}</Page>
      </Match>
    </Switch>
  );
}
