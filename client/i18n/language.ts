import { createRoot, createSignal } from "solid-js";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { deviceMemory } from "../ui/device-memory.ts";

const STORED_AS = "mochila-language";

const isLanguage = (text: string | null | undefined): text is Language => languages.some((language) => language === text);

/** The choice made on this device, else the first language of the browser that we have, else English. */
function firstLanguage(): Language {
  const stored = deviceMemory.read(STORED_AS);
  if (isLanguage(stored)) return stored;
  if (typeof navigator === "undefined") return "en";
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en";
}

const [current, setCurrent] = createRoot(() => createSignal<Language>(firstLanguage()));

/** The language of the interface, for everything on screen: a change redraws words, dates and numbers at once. */
export const language = current;

/** Chooses a language on this device. A signed-in person's profile is changed by `SessionControl.changeProfile`. */
export function chooseLanguage(next: Language): void {
  deviceMemory.write(STORED_AS, next);
  setCurrent(next);
}

// Other tabs of this device follow: the browser tells them of the change, and never the tab that made it.
if (typeof window !== "undefined") {
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === STORED_AS && isLanguage(newValue)) setCurrent(newValue);
  });
}

export const languageNames: Record<Language, string> = { en: "English", es: "Español" };
