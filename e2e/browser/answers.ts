import type { Route } from "playwright-core";

/** The school does at once what is asked; its answer takes so many milliseconds. */
export async function lateBy(route: Route, ms: number): Promise<void> {
  const response = await route.fetch();
  await new Promise((resolve) => setTimeout(resolve, ms));
  await route.fulfill({ response });
}

/** Long enough for whatever a person does meanwhile. */
export const late = (route: Route): Promise<void> => lateBy(route, 1_500);

/** What is asked takes a while to get there. */
export async function slow(route: Route): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 700));
  await route.continue();
}

/** The school does what is asked; nobody hears of it. */
export async function lost(route: Route): Promise<void> {
  await route.fetch();
  await route.abort();
}

/** The school does at once what is asked first; its answer comes when the test says so, and those of later questions at once. */
export class HeldAnswer {
  asked = 0;
  answered = 0;
  release: () => void = () => undefined;
  readonly #released = new Promise<void>((resolve) => (this.release = resolve));

  readonly handle = async (route: Route): Promise<void> => {
    const nth = (this.asked += 1);
    const response = await route.fetch();
    if (nth === 1) await this.#released;
    await route.fulfill({ response });
    this.answered += 1;
  };
}
