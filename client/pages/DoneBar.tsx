import { useNavigate } from "@solidjs/router";
import { createMemo, Show } from "solid-js";
import type { PageItem } from "@mochila/shared/pages/schema.ts";
import { useShortcut } from "../help/shortcuts.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { usePerson } from "../person.ts";
import { Button, IconButton, LinkIconButton } from "../ui/Button.tsx";
import { showToast } from "../ui/toast.ts";
import { usePageActions } from "./actions.ts";
import { useItemProgress, type usePage } from "./queries.ts";

/** The main action of a page at the thumb, between the way back and the way on. */
export function DoneBar(props: { parts: ReturnType<typeof usePage>; courseId: string; itemId: string }) {
  const words = useWords();
  const navigate = useNavigate();
  const progress = useItemProgress(props.itemId);
  const actions = usePageActions(props);
  const isDone = createMemo(() => progress()?.done?.value === true);
  const addressOf = (page: PageItem) => `/courses/${page.courseId}/items/${page.id}`;
  const nameOf = (page: PageItem) => pick(page.title, language())?.value ?? "";
  const { looking } = usePerson();
  const isMarked = createMemo(() => progress()?.bookmark?.value === true);
  const toggle = async () => {
    if (looking) return looking.refuse();
    const value = !isDone();
    await actions.setDone(value);
    showToast(words(value ? "page.markedDone" : "page.markedOpen"), () => void actions.setDone(!value));
  };
  // The second of two touches in a hurry falls on what the first has put there, and takes nothing back.
  const press = ({ detail }: MouseEvent) => detail < 2 && void toggle();
  const go = (page: PageItem | undefined) => page && navigate(addressOf(page));
  useShortcut("n", () => go(props.parts.next()));
  useShortcut("p", () => go(props.parts.previous()));
  useShortcut("m", () => void toggle());
  return (
    <div class="dockbar">
      <Show when={props.parts.previous()} fallback={<span class="btn-gap" />}>
        {(page) => <LinkIconButton href={addressOf(page())} icon="chevron-left" flip label={words("page.previous", { name: nameOf(page()) })} />}
      </Show>
      <IconButton icon="bookmark" edged label={words("page.bookmark")} aria-pressed={isMarked()} aria-disabled={looking && true} onClick={() => (looking ? looking.refuse() : void actions.setBookmark(!isMarked()))} />
      <Show
        when={isDone()}
        fallback={
          <Button icon="check" grow aria-disabled={looking && true} onClick={press}>
            {words("page.markDone")}
          </Button>
        }
      >
        <Button look="soft" icon="check" grow aria-disabled={looking && true} aria-label={words("page.doneUndo")} onClick={press}>
          {words("page.done")}
        </Button>
      </Show>
      <Show when={props.parts.next()} fallback={<span class="btn-gap" />}>
        {(page) => <LinkIconButton href={addressOf(page())} icon="chevron-right" flip label={words("page.next", { name: nameOf(page()) })} />}
      </Show>
    </div>
  );
}
