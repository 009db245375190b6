import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";

const axePath = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
/** Where to leave a picture of every screen, for people to look at; nowhere if not said. */
const pictures = process.env["TEST_SCREENSHOTS"];

interface AxeWindow {
  axe: { run(options: object): Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }> };
}

/** `only`: one rule. */
async function violations(page: Page, only?: string): Promise<string[]> {
  // Over CDP, not as a script element: the page's content policy stays as it is.
  const session = await page.context().newCDPSession(page);
  await session.send("Page.setBypassCSP", { enabled: false });
  await page.evaluate(await readFile(axePath, "utf8"));
  const found = await page.evaluate((options) => (window as unknown as AxeWindow).axe.run(options), { resultTypes: ["violations"], ...(only && { runOnly: { type: "rule", values: [only] } }) });
  await session.detach();
  return found.violations.map((one) => `${one.id} (${one.impact}): ${one.nodes.map((node) => node.target.join(" ")).join(", ").slice(0, 300)}`);
}

/** Costs nothing where nobody asked for pictures. */
export async function picture(page: Page, name: string): Promise<void> {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

/**
 * A colour on its way from one theme to the other belongs to neither, and is judged as neither; nor is a word that has just begun to appear, so that nothing moves
 * while it is looked at. What turns without end is not waited for.
 */
async function settle(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter((one) => Number.isFinite(Number(one.effect?.getComputedTiming().endTime)));
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}

/** The same screen in the other theme differs by its colours alone. */
export async function lookInDark(page: Page, name: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: "dark" });
  await settle(page);
  const found = await violations(page, "color-contrast");
  await picture(page, name);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "no-preference" });
  return found.map((one) => `${name}: ${one}`);
}

/** What is wrong with the screen: what axe finds, and whether it is wider than the window. Leaves a picture where that is asked for. */
export async function look(page: Page, name: string): Promise<string[]> {
  await settle(page);
  const found = await violations(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) found.push(`${wide} px wider than the screen`);
  await picture(page, name);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  return found.map((one) => `${name}: ${one}`);
}
