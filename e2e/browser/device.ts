import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { password } from "./school.ts";

const flags = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export const phone = { width: 360, height: 740 };
export const desktop = { width: 1280, height: 800 };

export interface DeviceOptions {
  readonly viewport?: { width: number; height: number };
  readonly language?: "en" | "es";
  readonly theme?: "light" | "dark";
}

/** A browser with a profile of its own that survives being closed, as a person's phone does. */
export class Device {
  /** The folder of what the browser keeps. */
  readonly profile = mkdtempSync(join(tmpdir(), "mochila-device-"));
  #context: BrowserContext | null = null;
  /** Errors of the page's own code, for a test to assert that there are none. */
  readonly errors: string[] = [];

  constructor(private readonly options: DeviceOptions = {}) {}

  async open(url: string): Promise<Page> {
    // A test that failed in the middle may have left it open: the next one starts as after a restart of the phone.
    await this.shut();
    const { viewport = phone, language = "en", theme = "light" } = this.options;
    const executablePath = process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium";
    this.#context = await chromium.launchPersistentContext(this.profile, {
      executablePath, args: flags, headless: true, viewport, locale: language === "es" ? "es-MX" : "en-GB", colorScheme: theme, timezoneId: "America/Mexico_City",
    });
    const page = this.#context.pages()[0] ?? (await this.#context.newPage());
    page.on("pageerror", (error) => this.errors.push(error.stack ?? String(error)));
    await page.goto(url);
    return page;
  }

  get context(): BrowserContext {
    if (!this.#context) throw new Error("the device is not open");
    return this.#context;
  }

  async offline(off: boolean): Promise<void> {
    await this.context.setOffline(off);
  }

  /** Closes the browser; the profile stays. */
  async shut(): Promise<void> {
    await this.#context?.close();
    this.#context = null;
  }

  /** SIGKILL, as when the system takes the memory or the battery ends; the profile stays as it is at that moment. */
  async kill(): Promise<void> {
    const context = this.#context;
    this.#context = null;
    const closed = context && new Promise<void>((resolve) => context.once("close", () => resolve()));
    for (const id of processesOf(this.profile)) process.kill(id, "SIGKILL");
    await closed;
  }

  async remove(): Promise<void> {
    await this.shut();
    rmSync(this.profile, { recursive: true, force: true });
  }
}

/** The browser's own process over this profile; its children end with it. */
const processesOf = (profile: string): number[] =>
  readdirSync("/proc").flatMap((id) => {
    if (!/^\d+$/.test(id)) return [];
    try {
      const [, ...args] = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
      return args.includes(`--user-data-dir=${profile}`) && !args.some((arg) => arg.startsWith("--type=")) ? [Number(id)] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });

/** What the app calls things, in both languages: the profile's language follows a person to every device. */
/** What leads to a course of the person's, on their list of courses; the ways to others stand beside them. */
export const courseLinks = 'main .rows a[href^="/courses/"].row, main .rows .row a[href^="/courses/"].row-main';

export const words = {
  email: /^(Email|Correo)$/,
  password: /^(Password|Contraseña)$/,
  signIn: /^(Sign in|Entrar)$/,
  markDone: /^(Mark as done|Marcar hech[oa])$/,
  moveUp: /^(Move .* up|Subir .*)$/,
  moveDown: /^(Move .* down|Bajar .*)$/,
  done: /^(Done\. Mark as not done|Hech[oa]\. Marcar como no hech[oa])$/,
} as const;

export async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel(words.email).fill(email);
  await page.getByLabel(words.password).fill(password);
  await page.getByRole("button", { name: words.signIn }).click();
  await status(page).waitFor();
}

/** The sync status of the header. */
const status = (page: Page) => page.getByRole("status").and(page.locator("[data-sync-state]")).first();

export async function waitForState(page: Page, state: "offline" | "syncing" | "synced" | "attention", timeout = 60_000): Promise<void> {
  await page.locator(`[data-sync-state="${state}"]`).first().waitFor({ timeout });
}
