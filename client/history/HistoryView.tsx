import { A, useParams } from "@solidjs/router";
import { createMemo, For, Match, Show, Switch } from "solid-js";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { bodyId } from "@mochila/shared/pages/schema.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatLanguage } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { Button } from "../ui/Button.tsx";
import { Empty, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { type AskedHistory, type Place, type Subject, useHistory, useSubject } from "./queries.ts";
import { Versions } from "./Versions.tsx";
import { useHistoryWords } from "./words.ts";
import "./history.css";

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
