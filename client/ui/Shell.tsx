import { A, useLocation } from "@solidjs/router";
import { For, type JSX, Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { Brand, Icon } from "./Icon.tsx";
import type { IconName } from "./icons.ts";
import { Tile } from "./Weave.tsx";

interface ShellProps {
  /** Courses for the side bar, by name. */
  readonly courses: readonly { readonly id: string; readonly name: string; readonly lang: string }[];
  readonly outboxCount: number;
  /** Absent: there is none here. */
  readonly onHelp?: () => void;
  /** Only these places. Absent: all. */
  readonly only?: readonly PlaceName[];
  readonly children: JSX.Element;
}

type PlaceName = "home" | "courses" | "downloads" | "outbox" | "you";

interface Place {
  readonly href: string;
  readonly icon: IconName;
  readonly name: PlaceName;
}

const places: readonly Place[] = [
  { href: "/", icon: "home", name: "home" },
  { href: "/courses", icon: "book-open", name: "courses" },
  { href: "/storage", icon: "download", name: "downloads" },
  { href: "/outbox", icon: "upload", name: "outbox" },
  { href: "/you", icon: "user", name: "you" },
];

/** Five places at the thumb; from 900 px the same list is the side bar, with the person's courses below. */
export function Shell(props: ShellProps) {
  const words = useWords();
  const location = useLocation();
  // What administrators have is behind "You".
  const here = () => location.pathname.replace(/(.)\/.*/, "$1").replace("admin", "you");
  return (
    <div class="app">
      <a class="skip" href="#main" target="_self">
        {words("shell.skip")}
      </a>
      <nav class="nav" aria-label={words("shell.main")}>
        <A class="brand nav-wide" href="/" aria-label={words("shell.brandHome")}>
          <Brand />
        </A>
        <ul class="nav-list">
          <For each={places.filter(({ name }) => props.only?.includes(name) ?? true)}>
            {(place) => (
              <li>
                <a class="nav-link" href={place.href} aria-current={here() === place.href ? "page" : undefined}>
                  <Icon name={place.icon} />
                  <span>{words(`shell.${place.name}`)}</span>
                  <Show when={place.name === "outbox" && props.outboxCount > 0}>
                    <b class="nav-count">{props.outboxCount}</b>
                  </Show>
                </a>
              </li>
            )}
          </For>
        </ul>
        <Show when={props.courses.length > 0}>
          <div class="nav-wide">
            <p class="nav-head">{words("shell.courses")}</p>
            <ul class="nav-list">
              <For each={props.courses}>
                {(course) => (
                  <li>
                    <a class="nav-link" href={`/courses/${course.id}`} lang={course.lang}>
                      <Tile id={course.id} />
                      <span>{course.name}</span>
                    </a>
                  </li>
                )}
              </For>
            </ul>
          </div>
        </Show>
        <Show when={props.onHelp}>
          {(show) => (
            <div class="nav-wide nav-foot">
              <button type="button" class="nav-link nav-button" onClick={() => show()()}>
                <Icon name="help" />
                <span>{words("shell.help")}</span>
                <kbd>?</kbd>
              </button>
            </div>
          )}
        </Show>
      </nav>
      {props.children}
    </div>
  );
}
