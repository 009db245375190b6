import { A, useNavigate, useParams } from "@solidjs/router";
import { createMemo, createSignal, For, Match, Show, Switch } from "solid-js";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { type BodyItem, bodyId } from "@mochila/shared/pages/schema.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { HistoryVersion } from "@mochila/shared/sync/history.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatLanguage } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { giveText } from "../pages/text-to-restore.ts";
import { Button } from "../ui/Button.tsx";
import { Banner, Empty, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { useHistoryActions } from "./actions.ts";
import { changesBetween, entriesOf, restoredDocument } from "./entries.ts";
import { Entry } from "./Entry.tsx";
import { type AskedHistory, type Place, useHistory, useSubject } from "./queries.ts";
import { RestoreDialog } from "./RestoreDialog.tsx";
import { useHistoryWords } from "./words.ts";
import "./history.css";

type Subject = ReturnType<typeof useSubject>;

/** A page has a history, and so has its text in each language. */
function PageParts(props: { subject: Subject; id: string }) {
  const words = useHistoryWords();
  const page = () => props.subject.page()?.id ?? "";
  const parts = () => [
    { id: page(), label: words("history.partPage") },
    ...(props.subject.course()?.languages ?? languages).map((lang) => ({ id: bodyId(page(), lang), label: words("history.partText", { language: formatLanguage(lang) }) })),
  ];
  return (
    <nav class="segments" aria-label={words("history.parts")}>
      <For each={parts()}>
        {(part) => (
          <A class="segment" href={`/history/items/${part.id}`} aria-current={part.id === props.id ? "page" : undefined}>
            {part.label}
          </A>
        )}
      </For>
    </nav>
  );
}

/** There is no history to show: what is missing, and what to do. */
function Missing(props: { asked: AskedHistory }) {
  const words = useHistoryWords();
  const away = () => props.asked.problem() === "unavailable";
  return (
    <Show when={props.asked.problem()} fallback={<Skeleton label={words("history.loading")} rows={5} />}>
      <Empty
        title={words(away() ? "history.offlineTitle" : "history.failedTitle")}
        action={
          <Button look="soft" busy={props.asked.asking()} onClick={() => void props.asked.ask()}>
            {words("history.again")}
          </Button>
        }
      >
        {words(away() ? "history.offline" : "history.failedText")}
      </Empty>
    </Show>
  );
}

function Versions(props: { place: Place; subject: Subject; asked: AskedHistory }) {
  const words = useHistoryWords();
  const navigate = useNavigate();
  const actions = useHistoryActions(props.place, props.subject);
  const [chosen, setChosen] = createSignal<HistoryVersion | null>(null);
  const nameOf = (id: string) => pick(props.subject.modules()?.find((module) => module.id === id)?.title, language())?.value;
  const isHere = (id: string) => props.subject.modules()?.some((module) => module.id === id && module.state !== "trashed") ?? false;
  const entries = createMemo(() => {
    const loaded = props.asked.history();
    return loaded ? entriesOf(loaded, nameOf) : [];
  });
  const body = (): BodyItem | null => {
    const fields = props.asked.history()?.versions[0]?.fields;
    return fields?.["kind"] === "body" ? (fields as unknown as BodyItem) : null;
  };
  const restored = (version: HistoryVersion): SyncedDocument | null => {
    const current = props.subject.document();
    return current ? restoredDocument(props.place.definition, current, version.fields, isHere) : null;
  };
  const mayRestore = (version: HistoryVersion): boolean => {
    const [current, next] = [props.subject.document(), restored(version)];
    if (body()) return props.subject.page() !== null && props.subject.actor().courses.get(props.subject.courseId()) === "instructor";
    return current && next ? props.place.definition.mayUpdate(props.subject.actor(), current, next) : false;
  };
  const changes = () => {
    const version = chosen();
    if (!version) return null;
    if (body()) return changesBetween(props.asked.history()?.versions[0]?.fields ?? {}, version.fields);
    return changesBetween(props.subject.document() ?? {}, restored(version) ?? {}, nameOf);
  };
  const restore = async () => {
    const version = chosen();
    const before = props.subject.document();
    setChosen(null);
    if (!version) return;
    const text = body();
    if (text) {
      giveText({ itemId: text.itemId, lang: text.lang, content: version.fields["content"] as PageContent });
      return navigate(`/courses/${props.subject.courseId()}/items/${text.itemId}/edit`);
    }
    if (!before || !(await actions.restore(version.fields, isHere))) return showToast(words("history.failed"));
    showToast(words("history.restored"), () => void actions.restore(before, isHere).then(() => showToast(words("history.undone"))));
  };
  props.subject.onSettled(() => void props.asked.ask());
  return (
    <>
      <Show when={props.subject.waits()}>
        <Banner icon="cloud" role="info">{words("history.waits")}</Banner>
      </Show>
      <Show when={!body() && (props.asked.history()?.removed || props.subject.document() === null)}>
        <Banner icon="trash">{words("history.removed")}</Banner>
      </Show>
      <ol class="versions">
        <For each={entries()}>{(entry) => <Entry entry={entry} mayRestore={mayRestore(entry.version)} onRestore={() => setChosen(entry.version)} />}</For>
      </ol>
      <Show when={props.asked.history()?.more}>
        <p class="section">
          <Button look="soft" busy={props.asked.asking()} onClick={() => void props.asked.askMore()}>
            {words("history.more")}
          </Button>
        </p>
      </Show>
      <p role="status">
        <Show when={props.asked.problem()}>{words("history.moreFailed")}</Show>
      </p>
      <RestoreDialog changes={changes()} inEditor={body() !== null} onRestore={() => void restore()} onClose={() => setChosen(null)} />
    </>
  );
}

function OpenHistory(props: { place: Place }) {
  const words = useHistoryWords();
  const asked = useHistory(props.place);
  const subject = useSubject(props.place, asked.history);
  const isNote = props.place.definition.name === "drafts";
  const title = () => (subject.page()?.title ?? (subject.document() as { title?: Partial<Record<Language, string>> } | null | undefined)?.title);
  const name = () => pick(title() ?? subject.course()?.title, language())?.value ?? "";
  const heading = () => (name() === "" ? words("history.title") : words(isNote ? "history.ofNote" : "history.of", { name: name() }));
  const crumbs = () => {
    const course = `/courses/${subject.courseId()}`;
    const page = subject.page();
    return [
      { href: course, label: pick(subject.course()?.title, language())?.value ?? "" },
      ...(page ? [{ href: `${course}/items/${page.id}${isNote ? "" : "/edit"}`, label: pick(page.title, language())?.value ?? "" }] : []),
    ];
  };
  return (
    <Show when={asked.problem() !== "forbidden"} fallback={<NotFoundView />}>
      <Page title={heading()} crumbs={subject.courseId() === "" ? [] : crumbs()} reading>
        <div class="title">
          <h1>{heading()}</h1>
          <p>{words(isNote ? "history.noteIntro" : "history.intro")}</p>
        </div>
        <Show when={props.place.definition.name === "items" && subject.page()}>
          <PageParts subject={subject} id={props.place.id} />
        </Show>
        <Switch>
          <Match when={asked.history()}>
            <Versions place={props.place} subject={subject} asked={asked} />
          </Match>
          <Match when={true}>
            <Missing asked={asked} />
          </Match>
        </Switch>
      </Page>
    </Show>
  );
}

/** What a document was before, who changed it when, and the way back: /history/:collection/:id. */
export default function HistoryView() {
  const params = useParams<{ collection: string; id: string }>();
  const place = createMemo(() => {
    const definition = collectionNamed(params.collection);
    return definition ? { definition, id: params.id } : null;
  }, null, { equals: (a, b) => a?.id === b?.id && a?.definition === b?.definition });
  return (
    <Show when={place()} keyed fallback={<NotFoundView />}>
      {(now) => <OpenHistory place={now} />}
    </Show>
  );
}
