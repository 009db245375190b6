import { posix } from "node:path";
import type { SourceFile } from "./source-files.ts";

export interface ImportEdge {
  readonly from: string;
  /** A path of the project, or the name of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
}

const IMPORT = /(?:^|[\n;])\s*(import|export)\s+(type\s+)?(?:[^"'`;]*?\s+from\s+)?["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/g;

function target(from: string, specifier: string): string {
  const own = /^@mochila\/([^/]+)\/(.+)$/.exec(specifier);
  if (own) return `${own[1]}/${own[2]}`;
  const [bare = specifier] = specifier.split("?");
  return bare.startsWith(".") ? posix.normalize(posix.join(posix.dirname(from), bare)) : bare;
}

/** The arrows of the code, read as text: `import`, `export … from` and `import()` with a literal address. */
export function importEdges(files: readonly SourceFile[]): ImportEdge[] {
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(IMPORT)].flatMap((match) => {
      const specifier = match[3] ?? match[4];
      return specifier ? [{ from: path, to: target(path, specifier), typeOnly: match[2] !== undefined }] : [];
    }),
  );
}
