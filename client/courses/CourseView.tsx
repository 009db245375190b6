import { useParams } from "@solidjs/router";
import { For, Match, Show, Switch } from "solid-js";
import { formatBytes, formatDate, formatList, formatMinutes } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { RescuedHere } from "../outbox/RescuedHere.tsx";
import { KeepPanel } from "../storage/KeepPanel.tsx";
import { useFirstSync } from "../storage/queries.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Empty, Skeleton } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { Meter, Ring } from "../ui/Progress.tsx";
import { Tile } from "../ui/Weave.tsx";
import { isStaff, markOf } from "./course-summary.ts";
import type { CourseTree, TreeModule } from "./course-tree.ts";
import { ItemRow } from "./ItemRow.tsx";
import { ModuleFold } from "./ModuleFold.tsx";
import { type OpenCourse, useCourse } from "./queries.ts";

function ModuleSection(props: { module: TreeModule; now: string | null }) {
  const words = useWords();
  const id = () => `module-${props.module.id}`;
  return (
    <section class="section" aria-labelledby={id()}>
      <div class="section-head">
        <h2 id={id()} lang={props.module.title?.lang}>
          {props.module.number}. {props.module.title?.value || words("course.untitled")}
        </h2>
        <span class="tiny faint num">{words("course.of", { done: props.module.done, all: props.module.items.length })}</span>
      </div>
      <ModuleFold module={props.module.module} />
      <ul class="rows">
        <For each={props.module.items}>
          {(item) => (
            <li>
              <ItemRow item={item} now={item.id === props.now} />
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

const shareOf = (tree: CourseTree): number => (tree.items.length > 0 ? tree.done / tree.items.length : 0);

/** Minutes of reading that are left in the module where the person is. */
function minutesLeft(tree: CourseTree): { minutes: number; module: number } | null {
  const module = tree.modules.find((one) => one.items.some((item) => item.id === tree.now));
  const minutes = module?.items.filter((item) => item.state !== "done").reduce((sum, item) => sum + (item.minutes ?? 0), 0);
  return module && minutes ? { minutes, module: module.number } : null;
}

/** On the desktop beside the list: how far, and what is on this device. */
function CoursePanel(props: { tree: CourseTree; open: OpenCourse; courseId: string }) {
  const words = useWords();
  return (
    <aside class="wide stick" aria-label={words("course.panel")}>
      <section class="section">
        <Show when={!isStaff({ role: props.open.role() })}>
          <div class="line ring-line">
            <Ring large share={shareOf(props.tree)} label={words("course.percentDone", { percent: Math.round(shareOf(props.tree) * 100) })} />
            <div class="grow">
              <b>{words("course.doneOf", { done: props.tree.done, all: props.tree.items.length })}</b>
              <Show when={minutesLeft(props.tree)}>
                {(left) => <p class="small soft">{words("course.minutesLeft", { count: left().minutes, time: formatMinutes(left().minutes), module: left().module })}</p>}
              </Show>
            </div>
          </div>
          <hr />
        </Show>
        <div class="of-device">
          <h2>{words("storage.title")}</h2>
          <p class="small soft mt-2 mb-4">
            {words("storage.itemsHere", { here: props.tree.here, all: props.tree.items.length, size: formatBytes(props.tree.bytesHere) })}
            <Show when={props.tree.bytesMissing > 0}> {words("storage.missing", { size: formatBytes(props.tree.bytesMissing) })}</Show>
          </p>
          <KeepPanel courseId={props.courseId} kept={props.open.kept()} bytesMissing={props.tree.bytesMissing} />
        </div>
      </section>
    </aside>
  );
}

/** The same on the phone, above the list. */
function CourseStrip(props: { tree: CourseTree; open: OpenCourse; courseId: string }) {
  const words = useWords();
  return (
    <div class="narrow">
      <Show when={!isStaff({ role: props.open.role() })}>
        <Meter share={shareOf(props.tree)} label={words("course.progress")} />
      </Show>
      <p class="small soft mt-2 mb-4 line between">
        <Show when={!isStaff({ role: props.open.role() })}>
          <span>{words("course.doneOf", { done: props.tree.done, all: props.tree.items.length })}</span>
        </Show>
        <span class="of-device">{words("storage.itemsHereShort", { here: props.tree.here, all: props.tree.items.length })}</span>
      </p>
      <div class="of-device">
        <KeepPanel courseId={props.courseId} kept={props.open.kept()} bytesMissing={props.tree.bytesMissing} />
      </div>
    </div>
  );
}

function CourseHead(props: { open: OpenCourse; courseId: string }) {
  const words = useWords();
  const now = useNow();
  const title = () => pick(props.open.course()?.title, language());
  const description = () => pick(props.open.course()?.description, language());
  const staff = () => props.open.role() === "instructor" || props.open.role() === "assistant";
  return (
    <>
      <div class="title line course-title">
        <Tile id={props.courseId} large />
        <div class="grow">
          <h1 class="said" lang={title()?.lang}>
            {title()?.value || words("course.untitled")}
          </h1>
          <p>{formatList(props.open.teachers())}</p>
          <Show when={markOf(props.open.course()?.state)}>{(mark) => <span class="tag">{words(mark())}</span>}</Show>
        </div>
      </div>
      <Show when={description()}>
        {(said) => (
          <p class="soft mb-4 course-text" lang={said().lang}>
            {said().value}
          </p>
        )}
      </Show>
      <Show when={props.open.endsAt()}>{(at) => <p class="small soft mb-4">{words("course.ends", { date: formatDate(at(), now()) })}</p>}</Show>
      <p class="btns mb-4">
        <Show when={props.open.role() === "instructor"}>
          <LinkButton href={`/courses/${props.courseId}/build`} icon="pencil">
            {words("course.edit")}
          </LinkButton>
        </Show>
        <LinkButton href={`/courses/${props.courseId}/people`} icon="users">
          {words("course.people")}
        </LinkButton>
        <Show when={staff()}>
          <LinkButton href={`/courses/${props.courseId}/activity`} icon="chart">
            {words("course.activity")}
          </LinkButton>
        </Show>
      </p>
    </>
  );
}

/** A course: its modules and pages, what is done, what is here. */
export function CourseView() {
  const words = useWords();
  const params = useParams<{ courseId: string }>();
  const open = useCourse(() => params.courseId);
  const firstSync = useFirstSync();
  return (
    <Switch>
      <Match when={open.course()}>
        <Page title={pick(open.course()?.title, language())?.value ?? ""} crumbs={[{ href: "/courses", label: words("shell.courses") }]}>
          <div class="split">
            <div>
              <CourseHead open={open} courseId={params.courseId} />
              <Show when={open.tree()} fallback={<Skeleton label={words("shell.loading")} rows={6} />}>
                {(tree) => (
                  <>
                    <CourseStrip tree={tree()} open={open} courseId={params.courseId} />
                    <For each={tree().modules}>{(module) => <ModuleSection module={module} now={tree().now} />}</For>
                    <Show when={tree().modules.length === 0}>
                      <Show when={!firstSync()} fallback={<Skeleton label={words("home.firstSync")} />}>
                        <Empty title={words("course.emptyTitle")}>{words("course.empty")}</Empty>
                      </Show>
                    </Show>
                  </>
                )}
              </Show>
              <Show when={open.course()?.source}>
                <p class="small faint section">{words("course.source", { source: open.course()?.source ?? "" })}</p>
              </Show>
            </div>
            <Show when={open.tree()}>{(tree) => <CoursePanel tree={tree()} open={open} courseId={params.courseId} />}</Show>
          </div>
        </Page>
      </Match>
      <Match when={open.course() === null && firstSync()}>
        <Page title={words("shell.loading")} crumbs={[{ href: "/courses", label: words("shell.courses") }]}>
          <Skeleton label={words("home.firstSync")} rows={6} />
        </Page>
      </Match>
      <Match when={open.course() === null}>
        <NotFoundView>
          <RescuedHere courseId={params.courseId} />
        </NotFoundView>
      </Match>
    </Switch>
  );
}
