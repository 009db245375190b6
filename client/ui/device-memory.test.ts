import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

/** What Chromium does when a site's storage is blocked: the getter itself throws. */
const blockStorage = () =>
  vi.stubGlobal("window", Object.defineProperty(globalThis, "localStorage", { configurable: true, get: () => { throw new DOMException("denied", "SecurityError"); } }));

test("with storage blocked, language and appearance fall back and can be chosen for this visit", async () => {
  blockStorage();
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("document", { documentElement: { dataset: {} } });
  vi.stubGlobal("navigator", { languages: ["es-MX"] });
  const { chooseLanguage, language } = await import("../i18n/language.ts");
  const { chooseTheme, theme } = await import("./appearance.ts");
  expect(language()).toBe("es");
  expect(theme()).toBe("system");
  chooseLanguage("en");
  chooseTheme("dark");
  expect([language(), theme()]).toEqual(["en", "dark"]);
});
