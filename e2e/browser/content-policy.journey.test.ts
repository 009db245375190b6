import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "playwright-core";
import { desktop, Device, signIn, waitForState } from "./device.ts";
import { PersonOverHttp } from "./person.ts";
import { emailOf, School } from "./school.ts";

const editor = '.ProseMirror[contenteditable="true"]';

interface TestWindow {
  violations: string[];
  hacked: boolean;
  trustedTypes: { createPolicy(name: string, rules: object): unknown };
}

/** Everything that the browser refused on this page, noted before any code of ours runs. */
const noteViolations = (): void => {
  const list: string[] = ((window as unknown as TestWindow).violations = []);
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sample, sourceFile, lineNumber }) =>
    list.push(`${effectiveDirective} ${blockedURI} ${sample} ${sourceFile}:${lineNumber}`));
};

describe("SECURITY C.4: the policy of the page is enforced, and our own code lives with it", () => {
  let school: School;
  let screens: { readonly [person in "sofia" | "ana" | "admin"]: readonly string[] };
  let editorPath = "";
  let picturePath = "";

  beforeAll(async () => {
    school = await School.open();
    const ana = await PersonOverHttp.signIn(school.url, emailOf("ana"));
    const page = [...(await ana.pullAll("items")).values()].find((item) => item["kind"] === "page");
    const course = `/courses/${String(page?.["courseId"])}`;
    picturePath = `${course}/items/${String(page?.id)}`;
    editorPath = `${picturePath}/edit`;
    screens = {
      sofia: ["/", "/courses", course, picturePath, "/outbox", "/storage", "/you", "/you/account", "/nowhere"],
      ana: [course, `${course}/build`, `${course}/people`, `/history/items/${String(page?.id)}`, `${course}/activity`],
      admin: ["/admin/people", "/admin/school", "/courses/new"],
    };
  });
  afterAll(() => school.close());

  async function enter(device: Device, person: keyof typeof screens): Promise<Page> {
    const page = await device.open("about:blank");
    await device.context.addInitScript(noteViolations);
    await page.goto(school.url);
    await signIn(page, emailOf(person));
    await waitForState(page, "synced");
    return page;
  }
  const violationsOn = (page: Page): Promise<string[]> => page.evaluate(() => (window as unknown as TestWindow).violations);
  const finished = async (page: Page): Promise<void> => {
    await page.locator("main h1, main [role='textbox']").first().waitFor();
    await page.locator(".skeleton").first().waitFor({ state: "detached" });
  };

  test.each(["sofia", "ana", "admin"] as const)("no screen of %s breaks it, and the service worker serves them", async (person) => {
    const device = new Device({ viewport: desktop });
    const page = await enter(device, person);
    expect(await page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.scriptURL))).toBe(`${school.url}/service-worker.js`);
    const found = await violationsOn(page);
    for (const path of screens[person]) {
      await page.goto(`${school.url}${path}`);
      await finished(page);
      found.push(...(await violationsOn(page)).map((violation) => `${path}: ${violation}`));
    }
    expect(found).toEqual([]);
    expect(device.errors).toEqual([]);
    await device.remove();
  });

  test("the editor writes, takes a pasted piece of a web page, and what is active in it stays behind", async () => {
    const device = new Device({ viewport: desktop });
    const page = await enter(device, "ana");
    await page.goto(`${school.url}${editorPath}`);
    await page.locator(editor).waitFor();
    await page.locator(`${editor} p`).first().click();
    await page.keyboard.type("typed here ");
    await page.locator(editor).evaluate((element) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/html", "<p>pasted <b>here</b></p><img src=x onerror='window.hacked = true'><script>window.hacked = true</script><svg onload='window.hacked = true'></svg>");
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
    await page.locator(editor).getByText("here").first().waitFor();
    await expect.poll(() => page.locator(editor).innerText()).toContain("pasted here");
    expect(await page.evaluate(() => (window as unknown as TestWindow).hacked)).toBeUndefined();
    // The handlers of the pasted piece, and nothing of ours.
    expect((await violationsOn(page)).filter((violation) => !violation.startsWith("script-src-attr inline"))).toEqual([]);
    expect(device.errors).toEqual([]);
    await device.remove();
  });

  test("markup, script and addresses that are only strings are refused, and no policy can be made for them", async () => {
    const device = new Device({ viewport: desktop });
    const page = await enter(device, "sofia");
    const tried = await page.evaluate(async () => {
      const attack = "<img src=x onerror='window.hacked = true'>";
      const { trustedTypes } = window as unknown as TestWindow;
      const policy = { createHTML: (html: string) => html };
      const tries: Record<string, () => unknown> = {
        innerHTML: () => (document.body.innerHTML = attack),
        outerHTML: () => ((document.body.firstElementChild as Element).outerHTML = attack),
        insertAdjacentHTML: () => document.body.insertAdjacentHTML("beforeend", attack),
        fragment: () => document.createRange().createContextualFragment(attack),
        write: () => document.write(attack),
        srcdoc: () => (document.createElement("iframe").srcdoc = attack),
        parser: () => new DOMParser().parseFromString(attack, "text/html"),
        script: () => (document.createElement("script").src = "/service-worker.js"),
        worker: () => navigator.serviceWorker.register("/other.js"),
        handler: () => document.body.setAttribute("onclick", "window.hacked = true"),
        "a new policy": () => trustedTypes.createPolicy("mine", policy),
        "Solid's policy again": () => trustedTypes.createPolicy("solid-templates", policy),
        "a default policy": () => trustedTypes.createPolicy("default", policy),
      };
      const refused: string[] = [];
      for (const [name, attempt] of Object.entries(tries)) {
        await Promise.resolve().then(attempt).catch((error: unknown) => error instanceof TypeError && refused.push(name));
      }
      return Object.keys(tries).filter((name) => !refused.includes(name));
    });
    expect(tried).toEqual([]);
    // The listener hears: the screens above were silent because nothing was refused.
    expect((await violationsOn(page)).length).toBeGreaterThanOrEqual(10);
    expect(await page.evaluate(() => (window as unknown as TestWindow).hacked)).toBeUndefined();
    await device.remove();
  });

  test("S-05: a picture that is opened by its own address runs nothing on this origin", async () => {
    const device = new Device({ viewport: desktop });
    const page = await enter(device, "sofia");
    const opened = device.context.waitForEvent("page");
    await page.evaluate(() => {
      const picture = "<svg xmlns='http://www.w3.org/2000/svg'><script>document.documentElement.setAttribute('data-hacked', '')</script></svg>";
      window.open(URL.createObjectURL(new Blob([picture], { type: "image/svg+xml" })));
    });
    const picture = await opened;
    await picture.waitForLoadState();
    expect(await picture.evaluate(() => [document.documentElement.localName, document.documentElement.hasAttribute("data-hacked")])).toEqual(["svg", false]);
    await device.remove();
  });
});
