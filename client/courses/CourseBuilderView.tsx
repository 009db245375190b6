import { useParams } from "@solidjs/router";
import { createSignal, For, Show } from "solid-js";
import { Button } from "../ui/Button.tsx";
import { Banner } from "../ui/Notice.tsx";
import { useOnward } from "../ui/onward.ts";
import { showToast } from "../ui/toast.ts";
import { useBuilderActions } from "./builder-actions.ts";
import { useBuilderWords } from "./builder-words.ts";
import { BuilderRow } from "./BuilderRow.tsx";
import { CourseBin } from "./CourseBin.tsx";
import { CourseDetails } from "./CourseDetails.tsx";
import { CourseScreen } from "./CourseScreen.tsx";
import { CourseSteps } from "./CourseSteps.tsx";
import type { TreeModule } from "./course-tree.ts";
import { NameDialog, type Naming } from "./NameDialog.tsx";
import { useCourse } from "./queries.ts";

interface ModulePartProps {
  readonly module: TreeModule;
  readonly siblings: readonly TreeModule[];
  readonly courseShown: boolean;
  readonly onName: (naming: Naming) => void;
  readonly onPage: () => void;
}

function ModulePart(props: ModulePartProps) {
  const words = useBuilderWords();
  const name = () => props.module.title?.value ?? "";
  const pages = () => props.module.items.map((item) => item.page);
  const within = () => (!props.courseShown ? "course" : props.module.module.state === "published" ? null : "module");
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
      <Button look="bare" icon="plus" onClick={() => props.onPage()}>
        {words("builder.addPage")}
      </Button>
    </section>
  );
}

function Builder(props: { courseId: string }) {
  const words = useBuilderWords();
  const onward = useOnward();
  const open = useCourse(() => props.courseId, { drafts: true });
  const actions = useBuilderActions(props.courseId);
  const [naming, setNaming] = createSignal<Naming | null>(null);
  const modules = () => open.tree()?.modules ?? [];
  const addModule = () =>
    setNaming({
      place: `module-of-${props.courseId}`,
      heading: words("builder.newModule"),
      title: {},
      save: (name) =>
        actions.addModule(
          name,
          modules().map((one) => one.module),
        ),
    });
  const addPage = ({ module, title, items }: TreeModule) =>
    setNaming({
      place: `page-of-${module.id}`,
      heading: words("builder.newPage", { name: title?.value ?? "" }),
      title: {},
      save: async (name) => {
        const id = await actions.addPage(
          module.id,
          name,
          items.map((item) => item.page),
        );
        onward(`/courses/${props.courseId}/items/${id}/edit`);
      },
    });
  const show = async () => {
    await actions.changeCourse({ state: "published" });
    showToast(words("builder.step_openDone"), () => void actions.changeCourse({ state: "draft" }));
  };
  return (
    <CourseScreen open={open} title={words("builder.title")} intro={words("builder.intro")} may={open.role() === "instructor"} notAllowed={words("builder.notAllowed")}>
      {(course) => (
        <>
          <div class="builder">
            <Show when={open.tree() && course().state !== "archived"}>
              <CourseSteps course={course()} modules={modules()} onModule={addModule} onPage={addPage} onOpen={() => void show()} />
            </Show>
            <CourseDetails course={course()} />
            <Show
              when={course().state !== "archived"}
              fallback={
                <Banner icon="inbox" role="info">
                  {words("builder.archived")}
                </Banner>
              }
            >
              <For each={modules()}>{(module) => <ModulePart module={module} siblings={modules()} courseShown={course().state !== "draft"} onName={setNaming} onPage={() => addPage(module)} />}</For>
              <p class="section">
                <Button look="soft" icon="plus" onClick={addModule}>
                  {words("builder.addModule")}
                </Button>
              </p>
              <CourseBin courseId={props.courseId} />
            </Show>
          </div>
          <NameDialog naming={naming()} languages={course().languages} onClose={() => setNaming(null)} />
        </>
      )}
    </CourseScreen>
  );
}

/** The shape of a course, for those who teach it. Made anew for each: from a course one comes to its copy, and what is done there is done to that. */
export default function CourseBuilderView() {
  const params = useParams<{ courseId: string }>();
  return (
    <Show when={params.courseId} keyed>
      {(courseId) => <Builder courseId={courseId} />}
    </Show>
  );
}
