import { useNavigate } from "@solidjs/router";
import { createRoot, createSignal, onCleanup, onMount } from "solid-js";
import { deviceMemory } from "../ui/device-memory.ts";

const OFF_AS = "mochila-shortcuts";
/** Between the two keys of a sequence such as g h. */
const SEQUENCE_MS = 1_500;

const [enabled, setEnabled] = createRoot(() => createSignal(deviceMemory.read(OFF_AS) !== "off"));

/** Single letters can disturb people who dictate: they can be turned off (WCAG 2.1.4). */
export const shortcutsEnabled = enabled;

export function enableShortcuts(on: boolean): void {
  deviceMemory.write(OFF_AS, on ? "on" : "off");
  setEnabled(on);
}

const isTyping = (target: EventTarget | null): boolean => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const isOurs = (event: KeyboardEvent): boolean =>
  enabled() && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target) && !document.querySelector("dialog[open]");

/** A key of the screen that is open, as long as its owner lives. */
export function useShortcut(key: string, act: () => void): void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key === key && isOurs(event)) act();
  };
  onMount(() => document.addEventListener("keydown", onKey));
  onCleanup(() => document.removeEventListener("keydown", onKey));
}

const places: Readonly<Record<string, string>> = { h: "/", c: "/courses", o: "/outbox" };

/** Keys that work everywhere: «?» for help, and g with a letter for a place. */
export function createShortcuts() {
  const navigate = useNavigate();
  const [shown, setShown] = createSignal(false);
  let leadAt = -SEQUENCE_MS;
  const onKey = (event: KeyboardEvent) => {
    if (!isOurs(event)) return;
    const place = places[event.key];
    if (event.key === "?") setShown(true);
    else if (event.key === "g") leadAt = event.timeStamp;
    else if (place !== undefined && event.timeStamp - leadAt < SEQUENCE_MS) {
      leadAt = -SEQUENCE_MS;
      navigate(place);
    }
  };
  onMount(() => document.addEventListener("keydown", onKey));
  onCleanup(() => document.removeEventListener("keydown", onKey));
  return { shown, show: () => setShown(true), hide: () => setShown(false) };
}
