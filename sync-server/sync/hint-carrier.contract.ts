import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { Log } from "../log.ts";
import { type HintCarrier, PAYLOAD_CHARACTERS_MAX } from "./hint-carrier.ts";
import { createHints, type HintService } from "./hints.ts";

/** A way between processes that a test can break. */
export interface TestWay {
  /** As a process of its own has it. */
  open(log: Log): Promise<HintCarrier>;
  interrupt(): Promise<void>;
  restore(): Promise<void>;
  drop(): Promise<void>;
}

/** What every carrier keeps (S6, S8). `make` starts the way. */
export function hintCarrierContract(make: () => Promise<TestWay>): void {
  let way: TestWay;
  const opened: HintService[] = [];
  const warnings: string[] = [];
  const log: Log = { info: () => undefined, warn: (event) => void warnings.push(event), error: (event) => void warnings.push(event) };

  beforeAll(async () => {
    way = await make();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((hints) => hints.close()));
    warnings.length = 0;
  });
  afterAll(() => way.drop());

  const openProcess = async () => {
    const hints = createHints({ carrier: await way.open(log), random: systemRandom, log });
    opened.push(hints);
    await hints.listen();
    const heard: string[] = [];
    hints.subscribe((scopes) => void heard.push(...scopes));
    return { hints, heard };
  };
  const until = (condition: () => boolean) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 20 });
  const scopes = (count: number) => Array.from({ length: count }, () => `c:${newId()}`);

  test("S6 another process's hints arrive, many of them in pieces, and nothing is told twice", async () => {
    const [here, there] = [await openProcess(), await openProcess()];
    const many = scopes(500);
    here.hints.publish(many);
    await until(() => there.heard.length >= many.length);
    // Whatever comes later would have come after all that was sent before.
    there.hints.publish(["c:last"]);
    await until(() => here.heard.includes("c:last"));
    expect(there.heard.toSorted()).toEqual([...many, "c:last"].toSorted());
    expect(here.heard.toSorted()).toEqual([...many, "c:last"].toSorted());
    expect(warnings).toEqual([]);
  });

  test("S6 what waits is sent at the end, also by a process that only tells, as a command is", async () => {
    const there = await openProcess();
    const command = createHints({ carrier: await way.open(log), random: systemRandom, log });
    command.publish(["c:told"]);
    await command.close();
    await until(() => there.heard.includes("c:told"));
  });

  test("S6 at most 20 texts a second, each within the bound, however lively a school is", async () => {
    const { hints } = await openProcess();
    const texts: string[] = [];
    const listener = await way.open(log);
    await listener.listen((text) => void texts.push(text));
    const begin = performance.now();
    let published = 0;
    for (const [scope] of Array.from({ length: 100 }, () => scopes(1))) {
      for (let times = 0; times < 10; times += 1) hints.publish([scope ?? ""]);
      published += 10;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const seconds = (performance.now() - begin) / 1_000;
    hints.publish(["c:end"]);
    await until(() => texts.some((text) => text.includes("c:end")));
    await listener.close();
    expect(published).toBe(1_000);
    expect(texts.length).toBeLessThanOrEqual(seconds * 20 + 1);
    expect(Math.max(...texts.map(({ length }) => length))).toBeLessThanOrEqual(PAYLOAD_CHARACTERS_MAX);
    expect(texts.join().match(/c:[0-9a-f-]{36}/g)).toHaveLength(100);
  });

  test("S8 the way breaks in the middle: this process is told all the same, nothing fails, and others are heard again by themselves", async () => {
    const [here, there] = [await openProcess(), await openProcess()];
    here.hints.publish(["c:before"]);
    await until(() => there.heard.includes("c:before"));
    await way.interrupt();
    for (let times = 0; times < 5; times += 1) {
      here.hints.publish([`c:meanwhile-${times}`]);
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    expect(here.heard).toHaveLength(6);
    await way.restore();
    const again = (from: typeof here, to: typeof here, scope: string) =>
      until(() => {
        from.hints.publish([scope]);
        return to.heard.includes(scope);
      });
    await again(here, there, "c:there");
    await again(there, here, "c:here");
    // Each of the two processes says it once.
    expect(warnings.length).toBeLessThanOrEqual(2);
  });
}
