import type { NewApp, NewCodes } from "@mochila/shared/users/second-factor.ts";
import { TEST_PASSWORD, type TestBrowser } from "../test-browser.ts";
import type { TestClock } from "../test-clock.ts";
import { stepAt, totpCode } from "./totp.ts";

const FACTORS = "/api/me/second-factors";
const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const fromBase32 = (text: string): Buffer => Buffer.from((text.split("").map((sign) => SIGNS.indexOf(sign).toString(2).padStart(5, "0")).join("").match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));

/** What an authenticator app with this key shows, so many steps of 30 s from now. */
export const codeFor = (key: string, clock: TestClock, steps = 0): string => totpCode(fromBase32(key), stepAt(clock.now()) + steps);

export const answerOf = async <Answer>(answer: Promise<Response>): Promise<Answer> => (await (await answer).json()) as Answer;

/** Adds an app to the account of who is signed in there. A minute passes, so that its next code is a new one. */
export async function addApp(device: TestBrowser, clock: TestClock): Promise<{ key: string; codes: string[] }> {
  const { app, key } = await answerOf<NewApp>(device.post(`${FACTORS}/app`, { password: TEST_PASSWORD }));
  const { codes } = await answerOf<NewCodes>(device.post(`${FACTORS}/app/confirm`, { app, code: codeFor(key, clock) }));
  clock.pass(60_000);
  return { key, codes: codes ?? [] };
}
