import { A, useParams } from "@solidjs/router";
import { type Accessor, createMemo, createSignal, For, Match, onCleanup, Show, Switch } from "solid-js";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { bodyId } from "@mochila/shared/pages/schema.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatList } from "../i18n/formats.ts";
import { language, languageNames } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { usePerson } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { Banner, Empty, Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { useEditorActions } from "./editor/actions.ts";
import { useMemberFaces, useOwnBody, useSendsFirst } from "./editor/queries.ts";
import { HiddenNotice } from "./editor/HiddenNotice.tsx";
import { createPeers, Faces, type Peer } from "./editor/Presence.tsx";
import { createRoomSession, type RoomSession } from "./editor/room-session.ts";
import { createStanding, hiddenBy, type Standing } from "./editor/standing.ts";
import { TextEditor } from "./editor/TextEditor.tsx";
import { TitleField } from "./editor/TitleField.tsx";
import { PublishWishes } from "./editor/wishes.ts";
import { useEditorWords } from "./editor/words.ts";
import { usePage } from "./queries.ts";
import { languageOfText } from "./text-to-restore.ts";
import "./reader.css";
import "./editor/editor.css";

export { carryWishes } from "./editor/wishes.ts";

const COLORS = 4;
/** The same colour for a person wherever they write. */
const colorOf = (userId: string): number => ([...userId].reduce((sum, character) => sum + (Number.parseInt(character, 16) || 0), 0) % COLORS) + 1;

/** A module that students do not see has no number among those that they see. */
const numbered = (number: number, name: string): string => (number > 0 ? `${number}. ${name}` : name);

const standingWords = {
  draft: "editor.stateDraft",
  published: "editor.statePublished",
  changed: "editor.stateChanged",
  waiting: "editor.stateWaiting",
  trashed: "editor.stateTrashed",
} as const satisfies Record<Standing, string>;

type PageParts = ReturnType<typeof usePage>;

interface LanguageProps {
  readonly session: RoomSession;
  readonly parts: PageParts;
  readonly courseId: string;
  readonly itemId: string;
  readonly mayWrite: boolean;
  readonly publishing: boolean;
  readonly peers: readonly Peer[];
  nameOf(userId: string): string;
  onPublish(): void;
}

/** What is wrong with the connection, in words; null: nothing. */
function Trouble(props: { session: RoomSession }) {
  const words = useEditorWords();
  const state = () => props.session.status().state;
  return (
    <Switch>
      <Match when={state() === "forbidden" && props.session.status().everSynced}><Banner icon="lock" role="alert">{words("editor.forbidden")}</Banner></Match>
      <Match when={state() === "too-large"}><Banner icon="warn" role="alert">{words("editor.tooLarge")}</Banner></Match>
      <Match when={state() === "refused"}><Banner icon="warn" role="alert">{words("editor.refused")}</Banner></Match>
    </Switch>
  );
}

/** One language of the page: its standing, its title, its text. */
function LanguageEditor(props: LanguageProps) {
  const words = useEditorWords();
  const app = useWords();
  const body = useOwnBody(props.itemId, props.session.lang);
  const standing = createStanding(props.session, { page: props.parts.page, body });
  const editable = () => props.mayWrite && props.session.writable();
  const hidden = () => hiddenBy(props.parts.module(), props.parts.course());
  const standingText = () => {
    const { standing: now } = standing();
    return words(now === "published" && hidden() ? "editor.statePublishedHidden" : standingWords[now]);
  };
  /** What is shown as kept here is. */
  const saved = () => (!props.session.status().unsent ? "all" : props.session.isKept() ? "here" : "soon");
  const savedText = () => (saved() === "soon" ? app("page.noteTyping") : words(saved() === "here" || !props.session.status().everSynced ? "editor.savedHere" : "editor.savedAll"));
  const names = () => formatList(props.peers.map((peer) => props.nameOf(peer.userId)));
  // On the desktop at the end of the tools, on the phone above the title: one of the two is shown.
  const publish = () => (
    <Show when={props.mayWrite}>
      <Button busy={props.publishing} disabled={props.publishing} onClick={() => props.onPublish()}>
        {words(props.publishing ? "editor.publishing" : "editor.publish")}
      </Button>
    </Show>
  );
  return (
    <Show
      when={props.session.bindable()}
      fallback={<Show when={props.session.status().state !== "connecting"} fallback={<Skeleton label={words("editor.opening")} />}><Banner icon="cloud" role="info">{words("editor.needsConnection")}</Banner></Show>}
    >
      <TextEditor
        session={props.session}
        courseId={props.courseId}
        itemId={props.itemId}
        editable={editable()}
        nameOf={props.nameOf}
        tail={<span class="wide">{publish()}</span>}
        head={
          <div class="edit-head">
            <Trouble session={props.session} />
            <Show when={!props.mayWrite}><Banner icon="eye" role="info">{words("editor.readOnly")}</Banner></Show>
            <HiddenNotice hidden={hidden()} courseId={props.courseId} itemId={props.itemId} module={props.parts.module()} mayWrite={props.mayWrite} />
            <div class="edit-lead">
              <p class="edit-facts">
                <span data-standing={standing().standing}>{standingText()}</span>
                <span role="status" data-saved={saved()}>{savedText()}</span>
                <span class="wide">{words("editor.words", { count: standing().words })}</span>
                <A href={`/courses/${props.courseId}/items/${props.itemId}`}>{words("editor.view")}</A>
                <A href={`/history/items/${bodyId(props.itemId, props.session.lang)}`}>{words("editor.history")}</A>
              </p>
              <span class="narrow">{publish()}</span>
            </div>
            <p class="edit-facts edit-peers" aria-live="polite">
              <Show when={props.peers.length > 0} fallback={<Show when={props.session.status().state === "online"}><span class="wide">{words("editor.alone")}</span></Show>}>
                {words("editor.areHere", { count: props.peers.length, names: names() })}
              </Show>
            </p>
            <TitleField itemId={props.itemId} lang={props.session.lang} title={props.parts.page()?.title[props.session.lang] ?? ""} editable={editable()} />
          </div>
        }
      />
    </Show>
  );
}

function OpenEditor(props: { courseId: string; itemId: string; mayWrite: boolean; parts: PageParts; courseLanguages: readonly Language[] }) {
  const words = useEditorWords();
  const app = useWords();
  const person = usePerson();
  const { user } = person;
  const actions = useEditorActions(props.itemId);
  const wishes = new PublishWishes(person);
  onCleanup(() => void wishes.close());
  const { nameOf, pictureOf } = useMemberFaces(props.courseId);
  const madeHere = useSendsFirst(props.itemId);
  const first = languageOfText(props.itemId) ?? (props.courseLanguages.includes(language()) ? language() : (props.courseLanguages[0] ?? "en"));
  const [lang, setLang] = createSignal<Language>(first);
  const [publishing, setPublishing] = createSignal(false);
  const sessions: ReadonlyMap<Language, Accessor<RoomSession | null>> = new Map(
    props.courseLanguages.map((one) => [one, createRoomSession({ courseId: props.courseId, itemId: props.itemId, lang: one, color: colorOf(user().id), madeHere })]),
  );
  const open = createMemo(() => [...sessions.values()].flatMap((session) => session() ?? []));
  const peers = createMemo(() => createPeers(open().map(({ awareness }) => awareness), user().id));
  const title = () => pick(props.parts.page()?.title, lang())?.value ?? "";
  const crumbs = () => {
    const href = `/courses/${props.courseId}`;
    const module = props.parts.module();
    const course = { href, label: pick(props.parts.course()?.title, language())?.value ?? app("shell.courses") };
    return module ? [course, { href, label: numbered(props.parts.moduleNumber(), pick(module.title, language())?.value ?? "") }] : [course];
  };
  const publish = async () => {
    setPublishing(true);
    try {
      const written = open().filter((session) => session.fragment.length > 0);
      const sent = await actions.publish(written, wishes);
      const hidden = hiddenBy(props.parts.module(), props.parts.course());
      showToast(words(!sent ? "editor.queued" : hidden ? "editor.publishedHidden" : "editor.published"));
    } finally {
      setPublishing(false);
    }
  };
  return (
    <Page title={words("editor.title", { name: title() })} crumbs={crumbs()} tools={<Faces peers={peers()()} nameOf={nameOf} pictureOf={pictureOf} />}>
      <div class="paper-edit">
        <h1 class="unseen">{words("editor.title", { name: title() })}</h1>
        <Show when={props.courseLanguages.length > 1}>
          <div class="segments" role="group" aria-label={words("editor.languages")}>
            <For each={props.courseLanguages}>
              {(one) => (
                <button type="button" class="segment" lang={one} aria-pressed={one === lang()} onClick={() => setLang(one)}>
                  {languageNames[one]}
                </button>
              )}
            </For>
          </div>
        </Show>
        <Show when={sessions.get(lang())?.()} keyed fallback={<Skeleton label={words("editor.opening")} />}>
          {(session) => (
            <LanguageEditor
              session={session}
              parts={props.parts}
              courseId={props.courseId}
              itemId={props.itemId}
              mayWrite={props.mayWrite}
              publishing={publishing()}
              peers={peers()()}
              nameOf={nameOf}
              onPublish={() => void publish()}
            />
          )}
        </Show>
      </div>
    </Page>
  );
}

/** Writing a page together: /courses/:courseId/items/:itemId/edit. Staff only; the server decides the same way. */
export default function EditorView() {
  const params = useParams<{ courseId: string; itemId: string }>();
  const place = createMemo(() => ({ courseId: params.courseId, itemId: params.itemId }), undefined, { equals: (a, b) => a.itemId === b.itemId && a.courseId === b.courseId });
  return <Show when={place()} keyed>{(now) => <StaffOnly courseId={now.courseId} itemId={now.itemId} />}</Show>;
}

function StaffOnly(props: { courseId: string; itemId: string }) {
  const words = useEditorWords();
  const parts = usePage(props);
  const known = createMemo(() => parts.page() !== undefined && parts.course() !== undefined);
  const role = createMemo(() => parts.role());
  const ours = createMemo<readonly Language[]>(() => parts.course()?.languages ?? languages, languages, { equals: (a, b) => a.join() === b.join() });
  // Members are read beside the page: for a moment the role may not be known although it will be.
  const [late, setLate] = createSignal(false);
  const timer = setTimeout(() => setLate(true), 1_000);
  onCleanup(() => clearTimeout(timer));
  return (
    <Show when={known()} fallback={<Page title="" crumbs={[]}><Skeleton label={words("editor.opening")} /></Page>}>
      <Switch fallback={<Page title="" crumbs={[]}><Skeleton label={words("editor.opening")} /></Page>}>
        <Match when={parts.page() === null}><NotFoundView /></Match>
        <Match when={role() === "instructor" || role() === "assistant"}>
          <OpenEditor courseId={props.courseId} itemId={props.itemId} mayWrite={role() === "instructor" && parts.course()?.state !== "archived"} parts={parts} courseLanguages={ours()} />
        </Match>
        <Match when={role() !== null || late()}>
          <Page title={words("editor.publish")} crumbs={[{ href: `/courses/${props.courseId}`, label: pick(parts.course()?.title, language())?.value ?? "" }]}>
            <Empty title={words("editor.notStaff")}>{words("editor.readOnly")}</Empty>
          </Page>
        </Match>
      </Switch>
    </Show>
  );
}
