import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const projectRoot = join(import.meta.dirname, "..", "..");

export interface SourceFile {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** Every file of the project with one of these endings: tracked, or new and not ignored. */
export function sourceFiles(...endings: string[]): SourceFile[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"], { cwd: projectRoot, encoding: "utf8" });
  return listed
    .split("\0")
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .flatMap((path) => {
      try {
        return [{ path, text: readFileSync(join(projectRoot, path), "utf8") }];
      } catch {
        return []; // deleted in the work tree, not yet in the index
      }
    });
}

export const isTest = (path: string): boolean => /\.(test|contract|bench|sim)\.tsx?$/.test(path) || path.startsWith("e2e/") || /(^|\/)test-[^/]+\.tsx?$/.test(path);
