import { useLocation, useParams } from "@solidjs/router";
import { createEffect, createMemo, createSignal, For, Match, on, onCleanup, Show, Switch } from "solid-js";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import type { BodyItem } from "@mochila/shared/pages/schema.ts";
import { readingMinutes } from "../courses/course-tree.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatDate, formatList } from "../i18n/formats.ts";
import { language, languageNames } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { RescuedHere } from "../outbox/RescuedHere.tsx";
import { usePerson } from "../person.ts";
import { useFirstSync } from "../storage/queries.ts";
import { Bag } from "../ui/Icon.tsx";
import { LinkButton } from "../ui/Button.tsx";
import { Banner, Empty, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { usePageActions } from "./actions.ts";
import { DoneBar } from "./DoneBar.tsx";
import { KeptNote } from "./KeptNote.tsx";
import { NoteFold } from "./NoteFold.tsx";
import { anchorsOf, exercisesOf, outlineOf } from "./outline.ts";
import { useBody, useItemProgress, useNote, usePage } from "./queries.ts";
import { createReadingPosition } from "./reading-position.ts";
import { Blocks } from "./reading/Blocks.tsx";
import { ReadingContext } from "./reading/reading-context.ts";
import { TableOfContents } from "./TableOfContents.tsx";
import "./reader.css";

type PageParts = ReturnType<typeof usePage>;

function PageHead(props: { parts: PageParts; body: BodyItem | null | undefined; wanted: Language; onChoose: (lang: Language) => void }) {
  const words = useWords();
  const { files } = usePerson();
  const title = () => pick(props.parts.page()?.title, props.body?.lang ?? props.wanted);
  const text = () => props.parts.edition()?.languages[props.body?.lang ?? props.wanted];
  const isHere = () => props.parts.edition()?.files.every((file) => files.onDevice().has(file.id)) ?? false;
  const choices = () => languages.filter((lang) => props.parts.edition()?.languages[lang]);
  return (
    <header class="read page-head">
      <p class="lead-in">
        <Show when={props.parts.number() > 0}>{words("page.pageOf", { number: props.parts.number(), of: props.parts.of() })}</Show>
        <Show when={props.parts.number() > 0 && text()}>{", "}</Show>
        <Show when={text()}>{(known) => words("page.about", { count: readingMinutes(known().words) })}</Show>
      </p>
      <h1 lang={title()?.lang}>{title()?.value || words("course.untitled")}</h1>
      <div class="row-meta">
        <Show when={props.parts.teachers().length > 0}>
          <span>{formatList(props.parts.teachers())}</span>
        </Show>
        <Show when={text()}>{(known) => <span>{words("page.changed", { date: formatDate(known().publishedAt, systemClock.now()) })}</span>}</Show>
        <Show when={props.body && isHere()}>
          <span class="kept of-device">
            <Bag />
            {words("storage.onThisDevice")}
          </span>
        </Show>
      </div>
      <Show when={choices().length > 1}>
        <div class="segments" role="group" aria-label={words("page.language")}>
          <For each={choices()}>
            {(lang) => (
              <button type="button" class="segment" lang={lang} aria-pressed={lang === props.body?.lang} onClick={() => props.onChoose(lang)}>
                {languageNames[lang]}
              </button>
            )}
          </For>
        </div>
      </Show>
      <Show when={props.body && props.body.lang !== props.wanted}>
        <Banner icon="languages" role="info">
          {words(props.body?.lang === "en" ? "page.onlyEnglish" : "page.onlySpanish")}
        </Banner>
      </Show>
    </header>
  );
}

/** The text itself. Made anew for each body, so that position and visit belong to one text in one language. */
function PageText(props: { body: BodyItem; courseId: string; itemId: string; onBlock: (id: string | null) => void }) {
  const { files } = usePerson();
  const location = useLocation();
  const progress = useItemProgress(props.itemId);
  const actions = usePageActions(props);
  const content = props.body.content;
  const lang = props.body.lang;
  const anchors = anchorsOf(content);
  const visit = actions.visit(lang);
  onCleanup(visit.end);
  let article: HTMLElement | undefined;
  const position = createReadingPosition(
    () => article,
    (block) => void actions.savePosition(lang, block),
  );
  const reading = { anchors, exercises: exercisesOf(content), files, onReveal: (part: number) => void actions.revealed({ lang, part, visit: visit.id }) };
  // Once, when both the text and what is known of the person's progress are there.
  let restored = false;
  createEffect(() => {
    const known = progress();
    if (restored || known === undefined) return;
    restored = true;
    void actions.markSeen(known?.seenAt !== undefined);
    const block = known?.position?.lang === lang ? known.position.block : 0;
    // After the router has scrolled to the top.
    if (block > 0 && !location.hash) requestAnimationFrame(() => position.restore(block));
  });
  const current = createMemo(() => {
    const past = content.content.slice(0, position.block() + 1).reverse();
    const block = past.find((one) => anchors.has(one) && (one.type !== "heading" || one.attrs.level === 2));
    return block ? (anchors.get(block) ?? null) : null;
  });
  createEffect(() => props.onBlock(current()));
  return (
    <ReadingContext.Provider value={reading}>
      <article class="read" lang={lang} ref={(element) => (article = element)}>
        <Blocks content={content.content} />
      </article>
    </ReadingContext.Provider>
  );
}

function OpenPage(props: { courseId: string; itemId: string }) {
  const words = useWords();
  const parts = usePage(props);
  const { looking } = usePerson();
  const firstSync = useFirstSync();
  const [wanted, setWanted] = createSignal<Language>(language());
  const [here, setHere] = createSignal<string | null>(null);
  createEffect(on(language, setWanted, { defer: true }));
  const available = createMemo(() => languages.filter((lang) => parts.edition()?.languages[lang]));
  const body = useBody(props.itemId, wanted, available);
  const note = useNote(props.itemId);
  const title = () => pick(parts.page()?.title, body()?.lang ?? wanted())?.value ?? "";
  const outline = createMemo(() => {
    const content = body()?.content;
    return content ? outlineOf(content, anchorsOf(content), words("page.exerciseUnnumbered")) : [];
  });
  const crumbs = () => {
    const href = `/courses/${props.courseId}`;
    const module = parts.module();
    const course = { href, label: pick(parts.course()?.title, language())?.value ?? words("shell.courses") };
    return module ? [course, { href, label: `${parts.moduleNumber() > 0 ? `${parts.moduleNumber()}. ` : ""}${pick(module.title, language())?.value ?? ""}` }] : [course];
  };
  // A page stands in its module: who does not have that is not shown the page, whatever of it is on the device.
  const isHidden = () => parts.modulesKnown() && parts.module() === undefined && !firstSync();
  const text = createMemo(() => body() ?? null, null, { equals: (a, b) => a?.id === b?.id && a?.rev === b?.rev });
  return (
    <Switch fallback={<Page title={words("shell.loading")} crumbs={crumbs()}>{null}</Page>}>
      <Match when={parts.page() && !isHidden()}>
        <Page title={title()} crumbs={crumbs()} reading>
          <div class="split">
            <div>
              <PageHead parts={parts} body={body()} wanted={wanted()} onChoose={setWanted} />
              <Show when={parts.role() === "instructor" && parts.course()?.state !== "archived"}>
                <p class="btns mt-4 mb-4">
                  <LinkButton href={`/courses/${props.courseId}/items/${props.itemId}/edit`} icon="pencil">
                    {words("page.edit")}
                  </LinkButton>
                </p>
              </Show>
              <Show when={text()} keyed fallback={<Show when={parts.editionKnown() && body() === null}><NoText firstSync={firstSync()} draft={parts.page()?.state === "draft"} /></Show>}>
                {(shown) => <PageText body={shown} courseId={props.courseId} itemId={props.itemId} onBlock={setHere} />}
              </Show>
              {/* A note is the person's alone. */}
              <Show when={!looking}>
                <NoteFold courseId={props.courseId} itemId={props.itemId} />
              </Show>
              <DoneBar parts={parts} courseId={props.courseId} itemId={props.itemId} />
            </div>
            <aside class="wide stick">
              <TableOfContents entries={outline()} here={here()} title={title()} />
            </aside>
          </div>
        </Page>
      </Match>
      <Match when={parts.page() === null && firstSync()}>
        <Page title={words("shell.loading")} crumbs={crumbs()}>
          <Skeleton label={words("home.firstSync")} />
        </Page>
      </Match>
      <Match when={parts.page() === null || isHidden()}>
        <NotFoundView>
          <RescuedHere courseId={props.courseId} itemId={props.itemId} />
          <Show when={note()?.body ? note() : null}>
            {(kept) => (
              <section aria-labelledby="left-note">
                <h2 id="left-note">{words("page.leftNote")}</h2>
                <KeptNote note={kept()} />
              </section>
            )}
          </Show>
        </NotFoundView>
      </Match>
    </Switch>
  );
}

function NoText(props: { firstSync: boolean; draft: boolean }) {
  const words = useWords();
  return (
    <Show when={!props.firstSync} fallback={<Skeleton label={words("home.firstSync")} />}>
      <Empty title={words("page.noTextTitle")}>{words(props.draft ? "page.noTextDraft" : "page.noText")}</Empty>
    </Show>
  );
}

/** A page to read, from what is on this device. */
export function PageView() {
  const params = useParams<{ courseId: string; itemId: string }>();
  return (
    <Show when={`${params.courseId}/${params.itemId}`} keyed>
      <OpenPage courseId={params.courseId} itemId={params.itemId} />
    </Show>
  );
}
