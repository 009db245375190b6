import { createSignal, For } from "solid-js";
import { Icon } from "./Icon.tsx";
import type { IconName } from "./icons.ts";

export interface MenuEntry {
  readonly icon: IconName;
  readonly text: string;
  run(): void;
}

/** At the foot of a phone's screen, its shadow included. */
const NAVIGATION_PX = 80;

/** What is seldom done to a row, behind one button: a disclosure, so that Tab and Enter are all one needs; Escape and leaving close it. */
export function Menu(props: { label: string; entries: readonly MenuEntry[] }) {
  const [open, setOpen] = createSignal(false);
  let box: HTMLDivElement | undefined;
  let list: HTMLUListElement | undefined;
  let opener: HTMLButtonElement | undefined;
  const close = () => {
    setOpen(false);
    opener?.focus();
  };
  const [up, setUp] = createSignal(false);
  const toggle = () => {
    setUp(false);
    setOpen(!open());
    if (!open() || !list || !box) return;
    // Below the last row it would make the page longer, and lie behind the navigation.
    setUp(list.getBoundingClientRect().bottom > innerHeight - NAVIGATION_PX && box.getBoundingClientRect().top > list.offsetHeight);
    list.scrollIntoView({ block: "nearest" });
  };
  return (
    <div
      class="menu"
      ref={(element) => (box = element)}
      onKeyDown={(event) => event.key === "Escape" && open() && close()}
      onFocusOut={({ relatedTarget }) => !(relatedTarget instanceof Node && box?.contains(relatedTarget)) && setOpen(false)}
    >
      <button type="button" class="btn btn-icon" ref={(element) => (opener = element)} aria-label={props.label} title={props.label} aria-expanded={open()} onClick={toggle}>
        <Icon name="more" />
      </button>
      <ul class="menu-list" classList={{ up: up() }} ref={(element) => (list = element)} hidden={!open()}>
        <For each={props.entries}>
          {(entry) => (
            <li>
              <button
                type="button"
                class="menu-item"
                // Safari gives a pressed button no focus; without this the list would close under the finger.
                onMouseDown={(event) => event.preventDefault()}
                onClick={() => {
                  close();
                  entry.run();
                }}
              >
                <Icon name={entry.icon} small />
                {entry.text}
              </button>
            </li>
          )}
        </For>
      </ul>
    </div>
  );
}
