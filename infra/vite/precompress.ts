import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const COMPRESSED = /\.(?:html|js|css|svg|webmanifest|json)$/;
/** Below this a compressed answer saves nothing that anybody pays for. */
const BYTES_MIN = 500;

/** Log2 of the most bytes of a block. Where a long text is best cut is luck, a hundred bytes of it in the app's start: the shortest is kept. */
const BLOCKS = [16, 17, 18];

const toBrotli = promisify(brotliCompress);
const toGzip = promisify(gzip);

/** Writes `.br` and `.gz` beside every text file of the build, once, so that the server compresses nothing while it serves. */
export function precompress(): Plugin {
  let folder = "";
  return {
    name: "mochila:precompress",
    apply: "build",
    enforce: "post",
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle: {
      // After the service worker, which vite-plugin-pwa writes in the same hook.
      order: "post",
      sequential: true,
      handler: async () => {
        const names = await readdir(folder, { recursive: true });
        for (const name of names) if (COMPRESSED.test(name)) await compressFile(join(folder, name));
      },
    },
  };
}

async function compressFile(path: string): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < BYTES_MIN) return;
  const tries = bytes.length < 2 ** Math.min(...BLOCKS) ? BLOCKS.slice(0, 1) : BLOCKS;
  const all = await Promise.all(tries.map((block) => toBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_LGBLOCK]: block } })));
  await writeFile(`${path}.br`, all.reduce((shortest, next) => (next.length < shortest.length ? next : shortest)));
  await writeFile(`${path}.gz`, await toGzip(bytes, { level: 9 }));
}
