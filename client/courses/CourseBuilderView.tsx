import { useNavigate, useParams } from "@solidjs/router";
import { createSignal, For, Match, Show, Switch } from "solid-js";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Empty } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { useBuilderActions } from "./builder-actions.ts";
import { useBuilderWords } from "./builder-words.ts";
import { BuilderRow } from "./BuilderRow.tsx";
import { CourseBin } from "./CourseBin.tsx";
import { CourseDetails } from "./CourseDetails.tsx";
import type { TreeModule } from "./course-tree.ts";
import { NameDialog, type Naming } from "./NameDialog.tsx";
import { useCourse } from "./queries.ts";

interface ModulePartProps {
  readonly module: TreeModule;
  readonly siblings: readonly TreeModule[];
  readonly courseShown: boolean;
  readonly onName: (naming: Naming) => void;
}

function ModulePart(props: ModulePartProps) {
  const words = useBuilderWords();
  const navigate = useNavigate();
  const actions = useBuilderActions(props.module.module.courseId);
  const name = () => props.module.title?.value ?? "";
  const pages = () => props.module.items.map((item) => item.page);
  const within = () => (!props.courseShown ? "course" : props.module.module.state === "published" ? null : "module");
  const addPage = () =>
    props.onName({
      heading: words("builder.newPage", { name: name() }),
      title: {},
      save: async (title) => {
        const id = await actions.addPage(props.module.id, title, pages());
        navigate(`/courses/${props.module.module.courseId}/items/${id}/edit`);
      },
    });
  return (
    <section class="section">
      <BuilderRow kind="module" row={props.module.module} name={name()} lang={props.module.title?.lang} siblings={props.siblings.map((one) => one.module)} within={props.courseShown ? null : "course"} onName={props.onName} />
      <ul class="rows builder-pages">
        <For each={props.module.items} fallback={<li class="small soft builder-none">{words("builder.noPages")}</li>}>
          {(item) => (
            <li>
              <BuilderRow kind="page" row={item.page} name={item.title?.value ?? ""} lang={item.title?.lang} siblings={pages()} within={within()} onName={props.onName} />
            </li>
          )}
        </For>
      </ul>
      <Button look="bare" icon="plus" onClick={addPage}>
        {words("builder.addPage")}
      </Button>
    </section>
  );
}

/** The shape of a course, for those who teach it. */
export default function CourseBuilderView() {
  const words = useBuilderWords();
  const shell = useWords();
  const params = useParams<{ courseId: string }>();
  const open = useCourse(() => params.courseId, { drafts: true });
  const actions = useBuilderActions(params.courseId);
  const [naming, setNaming] = createSignal<Naming | null>(null);
  const title = () => pick(open.course()?.title, language())?.value ?? "";
  const modules = () => open.tree()?.modules ?? [];
  const addModule = () =>
    setNaming({
      heading: words("builder.newModule"),
      title: {},
      save: (name) =>
        actions.addModule(
          name,
          modules().map((one) => one.module),
        ),
    });
  return (
    <Switch>
      <Match when={open.course()}>
        {(course) => (
          <Page title={words("builder.title")} crumbs={[{ href: `/courses/${params.courseId}`, label: title() }]}>
            <div class="title">
              <h1>{words("builder.title")}</h1>
              <p>{words("builder.intro")}</p>
            </div>
            <Show when={open.role() === "instructor"} fallback={<Empty title={title()}>{words("builder.notAllowed")}</Empty>}>
              <div class="builder">
                <CourseDetails course={course()} />
                <For each={modules()}>{(module) => <ModulePart module={module} siblings={modules()} courseShown={course().state !== "draft"} onName={setNaming} />}</For>
                <p class="section">
                  <Button look="soft" icon="plus" onClick={addModule}>
                    {words("builder.addModule")}
                  </Button>
                </p>
                <CourseBin courseId={params.courseId} />
              </div>
              <NameDialog naming={naming()} languages={course().languages} onClose={() => setNaming(null)} />
            </Show>
          </Page>
        )}
      </Match>
      <Match when={open.course() === null}>
        <NotFoundView />
      </Match>
      <Match when={open.course() === undefined}>
        <Page title={shell("shell.loading")}>{null}</Page>
      </Match>
    </Switch>
  );
}
