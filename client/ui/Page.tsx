import { A } from "@solidjs/router";
import { createEffect, createSignal, For, type JSX, onCleanup, onMount, Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { noteScreen } from "./first-screen.ts";
import { Brand, Icon } from "./Icon.tsx";
import { useStatusSlot } from "./status-slot.ts";
import { leaveToastBehind } from "./toast.ts";

export interface Crumb {
  readonly href: string;
  readonly label: string;
}

interface PageProps {
  /** For the window and the history; the page shows its own h1. */
  readonly title: string;
  /** Where this page hangs: the first is the way back. None: a place of the navigation, which shows the brand. */
  readonly crumbs?: readonly Crumb[];
  /** Text width for reading and writing. */
  readonly reading?: boolean;
  /** Buttons between crumbs and status, such as Publish. */
  readonly tools?: JSX.Element;
  readonly children: JSX.Element;
}

let pagesShown = 0;

function createScrolled(): () => boolean {
  const [scrolled, setScrolled] = createSignal(false);
  const look = () => setScrolled(window.scrollY > 4);
  onMount(() => window.addEventListener("scroll", look, { passive: true }));
  onCleanup(() => window.removeEventListener("scroll", look));
  return scrolled;
}

/**
 * A screen: the bar with the way back and the status, and the content. Names the window, and puts the focus on the h1 after a
 * navigation, so that a screen reader says where it is; not on the first page, where the browser does that.
 */
export function Page(props: PageProps) {
  const words = useWords();
  const statusSlot = useStatusSlot();
  const scrolled = createScrolled();
  let main: HTMLElement | undefined;
  createEffect(() => {
    document.title = props.title ? `${props.title} · Mochila` : "Mochila";
  });
  onMount(() => {
    leaveToastBehind();
    const heading = main?.querySelector("h1");
    // Without one it says only that it loads.
    if (!heading) return;
    noteScreen();
    pagesShown += 1;
    if (pagesShown === 1) return;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  });
  return (
    <>
      <header class="bar" classList={{ "is-scrolled": scrolled() }}>
        <div class="bar-lead">
          <Show when={props.crumbs?.length} fallback={<A class="brand" href="/" aria-label={words("shell.brandHome")}><Brand /></A>}>
            <For each={props.crumbs}>
              {(crumb, index) => (
                <A class="crumb" href={crumb.href}>
                  <Icon name={index() === 0 ? "chevron-left" : "chevron-right"} small flip />
                  <span>{crumb.label}</span>
                </A>
              )}
            </For>
          </Show>
        </div>
        {props.tools}
        {statusSlot()}
      </header>
      <main class="main" classList={{ "main-read": props.reading === true }} id="main" tabindex="-1" ref={(element) => (main = element)}>
        {props.children}
      </main>
    </>
  );
}
