import { createRoot, createSignal } from "solid-js";
import { deviceMemory } from "./device-memory.ts";

/** How this device shows things. Kept on the device, not in the profile: a phone in the sun is not a desktop at night. */
export type Theme = "system" | "light" | "dark";
export type Letters = "text" | "plain";

const THEME_STORED_AS = "mochila-theme";
const LETTERS_STORED_AS = "mochila-letters";

const storedTheme = deviceMemory.read(THEME_STORED_AS);

const [theme, setTheme] = createRoot(() => createSignal<Theme>(storedTheme === "light" || storedTheme === "dark" ? storedTheme : "system"));
const [letters, setLetters] = createRoot(() => createSignal<Letters>(deviceMemory.read(LETTERS_STORED_AS) === "plain" ? "plain" : "text"));

export { letters, theme };

function mark(name: "theme" | "letters", value: string | null): void {
  if (value === null) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
}

/** Puts the stored choices on the page. Called once at the start. */
export function applyAppearance(): void {
  mark("theme", theme() === "system" ? null : theme());
  mark("letters", letters() === "plain" ? "plain" : null);
}

export function chooseTheme(next: Theme): void {
  deviceMemory.write(THEME_STORED_AS, next);
  setTheme(next);
  applyAppearance();
}

export function chooseLetters(next: Letters): void {
  deviceMemory.write(LETTERS_STORED_AS, next);
  setLetters(next);
  applyAppearance();
}
