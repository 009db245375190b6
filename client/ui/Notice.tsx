import { createSignal, type JSX, onCleanup, Show } from "solid-js";
import { Icon } from "./Icon.tsx";
import type { IconName } from "./icons.ts";

/** One sentence above the page, and one thing to do about it. */
export const Banner = (props: { icon: IconName; role?: "alert" | "info" | "kept"; children: JSX.Element; action?: JSX.Element }) => (
  <div class="banner" data-role={props.role ?? "kept"}>
    <Icon name={props.icon} />
    <div class="grow">{props.children}</div>
    {props.action}
  </div>
);

/** An empty place says what will be here and how to begin. */
export const Empty = (props: { title: string; children: JSX.Element; action?: JSX.Element }) => (
  <div class="empty">
    <svg viewBox="0 0 112 72" aria-hidden="true" class="empty-art">
      <path d="M40 22v-4a6 6 0 0 1 6-6h20a6 6 0 0 1 6 6v4M26 44a22 22 0 0 1 22-22h16a22 22 0 0 1 22 22v18a6 6 0 0 1-6 6H32a6 6 0 0 1-6-6z" />
      <path class="empty-band" d="m26 42 10 10 10-10 10 10 10-10 10 10 10-10" />
      <path d="M4 68h104" />
    </svg>
    <h2>{props.title}</h2>
    <p>{props.children}</p>
    {props.action}
  </div>
);

/** Only what is not on the device may take so long that it needs a picture of waiting. */
const SKELETON_AFTER_MS = 300;

/** Grey lines while something comes from the network; nothing at all for the first 300 ms. */
export function Skeleton(props: { label: string; rows?: number }) {
  const [late, setLate] = createSignal(false);
  const timer = setTimeout(() => setLate(true), SKELETON_AFTER_MS);
  onCleanup(() => clearTimeout(timer));
  return (
    <Show when={late()}>
      <div role="status" class="waiting">
        <span class="unseen">{props.label}</span>
        {Array.from({ length: props.rows ?? 3 }, () => (
          <div class="row" aria-hidden="true">
            <span class="skeleton skeleton-tile" />
            <span class="row-main">
              <span class="skeleton skeleton-title" />
              <span class="skeleton skeleton-fact" />
            </span>
          </div>
        ))}
      </div>
    </Show>
  );
}
