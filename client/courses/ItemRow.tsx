import { A } from "@solidjs/router";
import { createSignal, Match, Show, Switch } from "solid-js";
import { formatBytes, formatMinutes } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { useStorageActions } from "../storage/actions.ts";
import { IconButton } from "../ui/Button.tsx";
import { Bag, Icon } from "../ui/Icon.tsx";
import { showToast } from "../ui/toast.ts";
import type { TreeItem } from "./course-tree.ts";

/** Done is a filled disc with a tick, begun is half a disc: a shape and a word, never colour alone. */
export function Tick(props: { state: TreeItem["state"] }) {
  const words = useWords();
  return (
    <span class="tick" data-state={props.state}>
      <Show when={props.state === "done"}>
        <Icon name="check" />
      </Show>
      <span class="unseen">{words(`course.state_${props.state}`)}</span>
    </span>
  );
}

function ItemEnd(props: { item: TreeItem; name: string }) {
  const words = useWords();
  const actions = useStorageActions();
  const [getting, setGetting] = createSignal(false);
  const missing = () => props.item.missing.reduce((sum, file) => sum + file.bytes, 0);
  const get = async () => {
    setGetting(true);
    const all = await actions.get(props.item.missing.map((file) => file.id));
    setGetting(false);
    if (!all) showToast(words("storage.getFailed"));
  };
  return (
    <span class="row-end of-device">
      <Show when={props.item.bytes}>{(bytes) => <span class="num">{formatBytes(bytes())}</span>}</Show>
      <Switch>
        <Match when={props.item.bytes === null}>{null}</Match>
        <Match when={props.item.missing.length === 0}>
          <span class="btn btn-icon btn-still" role="img" aria-label={words("storage.onThisDevice")}>
            <span class="kept">
              <Bag />
            </span>
          </span>
        </Match>
        <Match when={getting()}>
          <IconButton icon="sync" label={words("storage.getting")} aria-busy="true" />
        </Match>
        <Match when={props.item.missing.length > 0}>
          <IconButton icon="get" label={words("storage.getItem", { name: props.name, size: formatBytes(missing()) })} onClick={() => void get()} />
        </Match>
      </Switch>
    </span>
  );
}

/** A page in its module: mark, title and facts, and whether it is here. */
export function ItemRow(props: { item: TreeItem; now: boolean }) {
  const words = useWords();
  const name = () => props.item.title?.value || words("course.untitled");
  return (
    <div class="row" classList={{ "is-now": props.now }}>
      <Tick state={props.item.state} />
      <A class="row-main" href={`/courses/${props.item.page.courseId}/items/${props.item.id}`} aria-current={props.now ? "step" : undefined}>
        <span class="row-title" lang={props.item.title?.lang}>
          {name()}
        </span>
        <span class="row-meta">
          <span>{words("course.page")}</span>
          <Show when={props.item.minutes}>{(minutes) => <span>{formatMinutes(minutes())}</span>}</Show>
          <Show when={props.item.onlyIn}>{(lang) => <span>{words(`course.onlyIn_${lang()}`)}</span>}</Show>
          <Show when={props.item.page.state === "draft"}>
            <span>{words("course.draft")}</span>
          </Show>
        </span>
      </A>
      <ItemEnd item={props.item} name={name()} />
    </div>
  );
}
