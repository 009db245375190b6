import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { projectRoot } from "./school.ts";

const dist = join(projectRoot, "client", "dist");
const KB = 1_024;

/** Bytes of a built file as the server sends it: Brotli where that was written. */
function sentBytes(name: string): number {
  const path = join(dist, name);
  try {
    return statSync(`${path}.br`).size;
  } catch {
    return statSync(path).size;
  }
}

/** What the service worker fetches on the first visit: everything a student's path can load, and nothing of the staff's. */
function precached(): string[] {
  const worker = readFileSync(join(dist, "service-worker.js"), "utf8");
  const names = [...worker.matchAll(/["'`]?url["'`]?:\s*["'`]([^"'`]+)["'`]/g)].map((match) => match[1] ?? "");
  return [...new Set(names)];
}

describe("size of what a student loads, as sent", () => {
  const student = precached();
  const all = readdirSync(dist, { recursive: true }).map(String);
  const total = (ending: string): number => student.filter((name) => name.endsWith(ending)).reduce((sum, name) => sum + sentBytes(name), 0);

  test("the list is the real one", () => {
    expect(student).toContain("index.html");
    expect(student.filter((name) => name.endsWith(".js")).length).toBeGreaterThan(1);
  });

  test("script ≤ 170 KB, the worker included", () => {
    const script = total(".js") + sentBytes("service-worker.js");
    console.log(`script ${(script / KB).toFixed(1)} KB`);
    expect(script).toBeLessThanOrEqual(170 * KB);
  });

  test("style ≤ 15 KB", () => {
    const style = total(".css");
    console.log(`style ${(style / KB).toFixed(1)} KB`);
    expect(style).toBeLessThanOrEqual(15 * KB);
  });

  test("the editor is not among it", () => {
    const isEditor = (name: string): boolean => name.endsWith(".js") && readFileSync(join(dist, name), "utf8").includes("ProseMirror");
    const editors = all.filter((name) => name.endsWith(".js") && isEditor(name));
    expect(editors.length).toBeGreaterThan(0);
    expect(student.filter((name) => editors.includes(name))).toEqual([]);
  });
});
