import type { Plugin } from "vite";

/** Structural: the part of a bundled chunk that the walk reads. */
interface BundledChunk {
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly dynamicImports: readonly string[];
  readonly facadeModuleId: string | null;
}

/**
 * Which files of a build only staff load. A file belongs to everyone if it can be reached from the entry without passing
 * a dynamic import of a staff module; what is left over is staff's. A walk instead of a list of names, so that a new
 * shared chunk is never forgotten: forgetting it would break the app offline.
 */
export function staffChunks(staffModules: readonly RegExp[]): { plugin: Plugin; has(fileName: string): boolean } {
  const staff = new Set<string>();
  const isStaffEntry = (chunk: BundledChunk): boolean => staffModules.some((pattern) => pattern.test(chunk.facadeModuleId ?? ""));
  const plugin: Plugin = {
    name: "mochila:staff-chunks",
    apply: "build",
    generateBundle(_options, bundle) {
      const chunks = new Map(Object.values(bundle).flatMap((output) => (output.type === "chunk" ? [[output.fileName, output as BundledChunk] as const] : [])));
      const everyone = new Set<string>();
      const styles = new Set<string>();
      const waiting = [...chunks.values()].filter((chunk) => chunk.isEntry);
      for (let chunk = waiting.pop(); chunk; chunk = waiting.pop()) {
        if (everyone.has(chunk.fileName)) continue;
        everyone.add(chunk.fileName);
        for (const css of stylesOf(chunk)) styles.add(css);
        const next = [...chunk.imports, ...chunk.dynamicImports.filter((name) => !isStaffEntry(chunks.get(name) ?? chunk))];
        for (const name of next) {
          const reached = chunks.get(name);
          if (reached) waiting.push(reached);
        }
      }
      for (const chunk of chunks.values()) {
        if (everyone.has(chunk.fileName)) continue;
        staff.add(chunk.fileName);
        for (const css of stylesOf(chunk)) if (!styles.has(css)) staff.add(css);
      }
    },
  };
  return { plugin, has: (fileName) => staff.has(fileName) };
}

/** Vite notes the style sheets of a chunk in its metadata. */
function stylesOf(chunk: BundledChunk): Iterable<string> {
  const { viteMetadata } = chunk as BundledChunk & { viteMetadata?: { importedCss?: Set<string> } };
  return viteMetadata?.importedCss ?? [];
}
