import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Log, silentLog } from "../log.ts";
import { hintCarrierContract } from "./hint-carrier.contract.ts";
import { openRedisCarrier } from "./redis-carrier.ts";
import { redisIsHere, TestRedis } from "./test-redis.ts";

describe.skipIf(!redisIsHere)("hints through Redis", () => {
  hintCarrierContract(async () => {
    const redis = await TestRedis.make({ password: "s3cret" });
    await redis.start();
    return {
      open: (log) => openRedisCarrier(redis.url, { random: systemRandom, log }),
      interrupt: () => redis.kill(),
      restore: () => redis.start(),
      drop: () => redis.drop(),
    };
  });
});

describe.skipIf(!redisIsHere)("a Redis that is away or refuses", () => {
  let redis: TestRedis;
  const lines: string[] = [];
  const note = (event: string) => void lines.push(event);
  const log: Log = { info: note, warn: note, error: note };
  beforeEach(async () => {
    redis = await TestRedis.make({ password: "s3cret" });
    lines.length = 0;
  });
  afterEach(() => redis.drop());
  const until = (condition: () => boolean) => vi.waitFor(() => expect(condition()).toBe(true), { timeout: 15_000, interval: 20 });

  test("S8 away at the start and again later: the start goes on at once, one line for each outage, one when it is back", async () => {
    const begin = performance.now();
    const carrier = await openRedisCarrier(redis.url, { random: systemRandom, log });
    const heard: string[] = [];
    await carrier.listen((text) => void heard.push(text));
    await carrier.send("lost");
    expect(performance.now() - begin).toBeLessThan(3_000);
    // Long enough for several tries.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(lines).toEqual(["hints_away"]);
    await redis.start();
    await until(() => lines.length === 2);
    await until(() => {
      carrier.send("again").catch(() => undefined);
      return heard.includes("again");
    });
    await redis.kill();
    await until(() => lines.length === 3);
    await new Promise((resolve) => setTimeout(resolve, 500));
    await redis.start();
    await until(() => lines.length === 4);
    expect(lines).toEqual(["hints_away", "hints_back", "hints_away", "hints_back"]);
    expect(heard).not.toContain("lost");
    await carrier.close();
  });

  test("S8 one that never comes does not hold up the end", async () => {
    const carrier = await openRedisCarrier(redis.url, { random: systemRandom, log });
    await carrier.listen(() => undefined);
    const begin = performance.now();
    await carrier.close();
    expect(performance.now() - begin).toBeLessThan(500);
  });

  test("S8 one that takes the connection and is silent does not hold up the start, and is taken up when it speaks", async () => {
    await redis.start();
    await redis.fallSilent(4_000);
    const begin = performance.now();
    const carrier = await openRedisCarrier(redis.url, { random: systemRandom, log });
    expect(performance.now() - begin).toBeLessThan(3_500);
    const heard: string[] = [];
    await carrier.listen((text) => void heard.push(text));
    expect(lines).toEqual(["hints_away"]);
    await until(() => {
      carrier.send("at last").catch(() => undefined);
      return heard.includes("at last");
    });
    expect(lines).toEqual(["hints_away", "hints_back"]);
    await carrier.close();
  }, 30_000);

  test("one whose user may not listen stops the start", async () => {
    await redis.start();
    await redis.ask("ACL", "SETUSER", "deaf", "on", ">s3cret", "+@all", "-subscribe", "allchannels");
    const carrier = await openRedisCarrier(redis.url.replace("//:", "//deaf:"), { random: systemRandom, log });
    await expect(carrier.listen(() => undefined)).rejects.toThrow(/^Mochila cannot use the Redis of REDIS_URL .*subscribe/);
    await carrier.close();
  });

  test.each([
    ["a wrong password", (right: TestRedis) => right.urlOf("wrong")],
    ["no password", (right: TestRedis) => right.urlOf("")],
    ["a database that does not exist", (right: TestRedis) => `${right.url}/999`],
  ])("%s stops the start with one sentence that tells no password", async (_, urlOf) => {
    await redis.start();
    const refused = openRedisCarrier(urlOf(redis), { random: systemRandom, log: silentLog });
    await expect(refused).rejects.toThrow(new RegExp(`^Mochila cannot use the Redis of REDIS_URL \\(127\\.0\\.0\\.1:${redis.port}\\): .+\\.$`));
    await expect(refused).rejects.not.toThrow(/s3cret|wrong/);
  });
});
