import { describe, expect, test } from "vitest";
import { readConfig } from "./config.ts";

const problem = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
    return "none";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "not an error";
  }
};

describe("settings (CONTRACT)", () => {
  test("without any: one's own machine, the demo school", () => {
    expect(readConfig({})).toMatchObject({ port: 8080, host: "127.0.0.1", databaseUrl: null, clickhouseUrl: null, redisUrl: null, publicUrl: null, seed: "demo", production: false });
    expect(readConfig({}).dataDir).toMatch(/\/\.data$/);
  });

  test("empty means unset", () => {
    expect(readConfig({ PORT: "", SEED: "" })).toMatchObject({ port: 8080, seed: "demo" });
  });

  test.each([
    ["PORT", "http"], ["PORT", "-1"], ["PORT", "65536"], ["PORT", "8080.5"], ["PORT", " 8080"], ["HOST", "a b"], ["DATABASE_URL", "mysql://localhost/x"],
    ["CLICKHOUSE_URL", "localhost:8123"], ["REDIS_URL", "localhost:6379"], ["REDIS_URL", "redis://"], ["REDIS_URL", "redis://localhost/school"],
    ["SEED", "Demo"], ["NODE_ENV", "prod"], ["LOG_LEVEL", "debug"], ["OPERATOR_TOKEN", "short"], ["PUBLIC_URL", "lms.example"],
    ["PUBLIC_URL", "https://lms.example/app"], ["PUBLIC_URL", "https://a:b@lms.example"], ["TRUSTED_PROXIES", "gateway"], ["TRUSTED_PROXIES", "10.0.0.1,"], ["TRUSTED_PROXIES", "10.0.0.0/40"],
  ])("%s=%s stops the start with one sentence that names it", (name, value) => {
    expect(problem({ [name]: value })).toMatch(new RegExp(`^SettingError: ${name} must be [^.]+\\S*\\.$`));
  });

  test.each([
    ["DATABSE_URL", "DATABASE_URL"], ["DATABASE_URI", "DATABASE_URL"], ["PUBLIC_ULR", "PUBLIC_URL"], ["data_dir", "DATA_DIR"], ["CLICKHOUSEURL", "CLICKHOUSE_URL"], ["REDIS_URI", "REDIS_URL"],
  ])("%s is asked back as %s", (name, meant) => {
    expect(problem({ [name]: "x" })).toBe(`SettingError: ${name} is not a setting of Mochila; did you mean ${meant}?`);
  });

  test("a setting of ours that does not exist stops the start; what belongs to others does not", () => {
    expect(problem({ MOCHILA_PORT: "1" })).toMatch(/^SettingError: MOCHILA_PORT is not a setting/);
    expect(problem({ PATH: "/bin", HOSTNAME: "x", SPORT: "1", MOCHILA_DATA: "/data", npm_config_x: "1" })).toBe("none");
  });

  test("a public address is https, except on this machine (DECISIONS 28)", () => {
    expect(problem({ PUBLIC_URL: "http://192.168.1.5:8080" })).toMatch(/must begin with https/);
    expect(readConfig({ PUBLIC_URL: "http://localhost:9000" }).publicUrl).toBe("http://localhost:9000");
    expect(readConfig({ PUBLIC_URL: "https://lms.example/" })).toMatchObject({ publicUrl: "https://lms.example", seed: "none" });
  });

  test("our gateways", () => {
    expect(readConfig({}).trustedProxies).toEqual([]);
    expect(readConfig({ TRUSTED_PROXIES: "10.0.0.2, fd00::/8" }).trustedProxies).toEqual(["10.0.0.2", "fd00::/8"]);
  });

  test("the demo school never opens in production", () => {
    expect(readConfig({ NODE_ENV: "production" }).seed).toBe("none");
    expect(problem({ NODE_ENV: "production", SEED: "demo" })).toMatch(/SEED=demo is refused/);
  });
});
