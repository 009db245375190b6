import { createSignal, For, Show } from "solid-js";
import { Button } from "../../ui/Button.tsx";
import { showToast } from "../../ui/toast.ts";
import { useLinkCalls } from "../links/calls.ts";
import { HandOn, type Wanted } from "../links/HandOn.tsx";
import { said as saidOfLinks } from "../links/words.ts";
import type { PeopleCalls } from "../people.ts";
import { BulkDialog, type BulkAction, bulkActions } from "./BulkDialog.tsx";
import type { Selection } from "./selection.ts";
import { said } from "./words.ts";

const icons = { role: "users", suspend: "warn", invite: "inbox", course: "book-open" } as const;

/** What can be done to those who are selected. `sendsLetters`: false where links go through hands; undefined: not known. */
export function BulkBar(props: { selection: Selection; calls: PeopleCalls; sendsLetters: boolean | undefined; onDone: () => void }) {
  const links = useLinkCalls();
  const [action, setAction] = createSignal<BulkAction | null>(null);
  const [wanted, setWanted] = createSignal<Wanted | null>(null);
  const byHand = () => props.sendsLetters === false;
  const handOn = () => {
    const ids = props.selection.people().map(({ id }) => id);
    setWanted({ count: ids.length, batches: () => links.ofPeople(ids) });
  };
  const count = () => props.selection.people().length;
  return (
    <Show when={props.selection.on()}>
      <div class="bulk" role="group" aria-label={said("bulk.select")}>
        <p class="small soft" role="status">
          {said("bulk.selected", { count: count() })}
        </p>
        <p class="btns">
          <Button look="bare" onClick={() => (count() > 0 ? props.selection.none() : props.selection.all())}>
            {said(count() > 0 ? "bulk.none" : "bulk.all")}
          </Button>
          <Show when={count() > 0}>
            <For each={bulkActions.filter((one) => one !== "invite" || !byHand())}>
              {(one) => (
                <Button look="soft" icon={icons[one]} onClick={() => setAction(one)}>
                  {said(`bulk.${one}`)}
                </Button>
              )}
            </For>
            <Show when={byHand()}>
              <Button look="soft" icon="link" onClick={handOn}>
                {saidOfLinks("links.button")}
              </Button>
            </Show>
          </Show>
        </p>
      </div>
      <HandOn wanted={wanted()} onClose={() => setWanted(null)} />
      <BulkDialog
        action={action()}
        people={props.selection.people()}
        calls={props.calls}
        onDone={({ done }) => {
          setAction(null);
          showToast(said("bulk.done", { count: done.length }));
          props.selection.none();
          props.onDone();
        }}
        onClose={() => setAction(null)}
      />
    </Show>
  );
}
