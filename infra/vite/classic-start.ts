import { createHash } from "node:crypto";
import { rolldown } from "rolldown";
import type { Plugin } from "vite";

/** Structural: the part of a bundled chunk that is read and replaced. */
interface BundledChunk {
  code: string;
  readonly fileName: string;
  readonly isEntry: boolean;
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

const REGISTRY = "mochilaStart";
const VERSION = "classic-start 2";

/**
 * Makes everything that is evaluated at a start one classic script. Chromium compiles classic scripts whole when a service worker
 * keeps them, and keeps what it compiled; modules it compiles anew at every start, function by function (decision 0303).
 * What is loaded later stays modules: the chunks of the start are left as modules that hand on what the script has made.
 */
export function classicStart(): Plugin {
  return {
    name: "mochila:classic-start",
    apply: "build",
    enforce: "post",
    // What this makes of a chunk is no part of the name that the bundler gives it: a change here must give new names.
    augmentChunkHash: () => VERSION,
    generateBundle: {
      // After Vite has written which styles and chunks each later import brings.
      order: "post",
      async handler(_options, bundle) {
        const chunks = new Map(Object.values(bundle).flatMap((output) => (output.type === "chunk" ? [[output.fileName, output as BundledChunk] as const] : [])));
        const start = evaluatedAtStart(chunks);
        const code = await asClassicScript(start);
        const script = `assets/start-${createHash("sha256").update(code).digest("hex").slice(0, 8)}.js`;
        this.emitFile({ type: "asset", fileName: script, source: code });
        for (const chunk of start) chunk.code = handingOn(chunk);
        const page = bundle["index.html"];
        if (page?.type !== "asset") throw new Error("the build has no index.html");
        page.source = withScript(String(page.source), script, start);
      },
    },
  };
}

/** The entry and what it imports, in the order in which modules are evaluated. */
function evaluatedAtStart(chunks: ReadonlyMap<string, BundledChunk>): BundledChunk[] {
  const found = new Set<BundledChunk>();
  const walk = (chunk: BundledChunk | undefined, path: ReadonlySet<string> = new Set()): void => {
    if (!chunk || found.has(chunk) || path.has(chunk.fileName)) return;
    for (const name of chunk.imports) walk(chunks.get(name), new Set([...path, chunk.fileName]));
    found.add(chunk);
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) walk(chunk);
  return [...found];
}

async function asClassicScript(start: readonly BundledChunk[]): Promise<string> {
  const sources = new Map(start.map(({ fileName, code }) => [`/${fileName}`, code]));
  const names = [...sources.keys()];
  const entry = [...names.map((name, index) => `import * as part${index} from "${name}";`), `globalThis.${REGISTRY} = { ${names.map((name, index) => `"${name}": part${index}`).join(", ")} };`].join("\n");
  const bundling = await rolldown({
    input: "/classic-start.js",
    // Only modules have them. Vite resolves the addresses of chunks by them, which all begin at the root.
    transform: { define: { "import.meta.url": "document.baseURI", "import.meta.resolve": "undefined" } },
    // What was bundled already lies under its own name; what is not part of the start is loaded later, by that name.
    plugins: [
      {
        name: "mochila:bundled-chunks",
        resolveId: (id, from) => {
          const path = new URL(id, `file://${from ?? "/"}`).pathname;
          return path === "/classic-start.js" || sources.has(path) ? path : { id: path, external: "absolute" };
        },
        load: (id) => (id === "/classic-start.js" ? entry : sources.get(id)),
      },
    ],
  });
  const { output } = await bundling.generate({ format: "iife", minify: true, codeSplitting: false, banner: '"use strict";' });
  await bundling.close();
  return output[0].code;
}

/** The script in the place of the module; without the hints to load what is inside it now. */
function withScript(html: string, script: string, start: readonly BundledChunk[]): string {
  const isReplaced = (tag: string): boolean => start.some(({ fileName }) => tag.includes(`"/${fileName}"`));
  const without = html.replace(/\s*<(?:link rel="modulepreload"|script type="module")[^>]*>(?:<\/script>)?/g, (tag) => (isReplaced(tag) ? "" : tag));
  return without.replace("</head>", `  <script defer src="/${script}"></script>\n  </head>`);
}

/** A module with the same exports as the chunk had, for what is loaded later. As short as can be: every first visit fetches it. */
function handingOn({ fileName, exports }: BundledChunk): string {
  const taken = exports.map((name, index) => `${JSON.stringify(name)}:x${index}`);
  const handed = exports.map((name, index) => `x${index} as ${name}`);
  return `const{${taken.join()}}=${REGISTRY}["/${fileName}"];export{${handed.join()}};`;
}
