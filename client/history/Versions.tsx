import { useNavigate } from "@solidjs/router";
import { createMemo, createSignal, For, Show } from "solid-js";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import type { BodyItem } from "@mochila/shared/pages/schema.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { HistoryVersion } from "@mochila/shared/sync/history.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { giveText } from "../pages/text-to-restore.ts";
import { Button } from "../ui/Button.tsx";
import { Banner } from "../ui/Notice.tsx";
import { showToast } from "../ui/toast.ts";
import { useHistoryActions } from "./actions.ts";
import { changesBetween, entriesOf, restoredDocument } from "./entries.ts";
import { Entry } from "./Entry.tsx";
import type { AskedHistory, Place, Subject } from "./queries.ts";
import { RestoreDialog } from "./RestoreDialog.tsx";
import { useHistoryWords } from "./words.ts";

/** The versions that have come, and the way back to each. */
export function Versions(props: { place: Place; subject: Subject; asked: AskedHistory }) {
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
  /** Drawn by what names them: an answer that comes again closes nothing that a reader has opened. */
  const byRev = createMemo(() => new Map(entries().map((entry) => [entry.version.rev, entry])));
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
        <For each={[...byRev().keys()]}>
          {(rev) => (
            <Show when={byRev().get(rev)}>
              {(entry) => <Entry entry={entry()} mayRestore={mayRestore(entry().version)} onRestore={() => setChosen(entry().version)} />}
            </Show>
          )}
        </For>
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
