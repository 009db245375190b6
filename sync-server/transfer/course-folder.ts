import { lstat, readdir, readFile } from "node:fs/promises";
import { basename, join, posix, resolve } from "node:path";
import { CodedError } from "@mochila/shared/errors.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { FILE_BYTES_MAX } from "@mochila/shared/limits.ts";
import { CourseProblem, type CourseWarning } from "./course-problem.ts";
import { EPISODE_BYTES_MAX } from "./source-text.ts";

/** A course of more would be several courses; bounds the memory of an import. */
const EPISODES_MAX = 200;
const PICTURES_MAX = 1_000;
const PICTURE_BYTES_ALL_MAX = 256 * 1024 * 1024;
const FOLDER_DEPTH_MAX = 4;

/** What an import reads, as bytes by path inside the folder (with `/`). */
export interface CourseFolder {
  /** Stable name of the material: the same key updates the course that it made. */
  readonly key: string;
  /** In the order of the course. A language that lacks the file is absent. */
  readonly episodes: readonly { readonly name: string; readonly sides: { readonly [lang in Language]?: Uint8Array } }[];
  readonly pictures: ReadonlyMap<string, Uint8Array>;
  /** Text of the licence, in English where there is one; with its path. */
  readonly licence: { readonly file: string; readonly bytes: Uint8Array } | null;
  readonly warnings: readonly CourseWarning[];
}

interface Listing {
  readonly path: string;
  readonly bytes: number;
}

/** Plain files below `folder`. A link could lead anywhere on this machine, so that none is followed. */
async function listFiles(root: string, under: string, warnings: CourseWarning[], depth = 0): Promise<Listing[]> {
  const names = (await readdir(join(root, under))).toSorted((left, right) => (left < right ? -1 : 1));
  const found: Listing[] = [];
  for (const name of names) {
    const path = posix.join(under, name);
    const facts = await lstat(join(root, path));
    if (facts.isSymbolicLink()) warnings.push({ file: path, line: 1, message: "a link is not followed" });
    else if (facts.isFile()) found.push({ path, bytes: facts.size });
    else if (facts.isDirectory() && depth < FOLDER_DEPTH_MAX && !name.startsWith(".")) found.push(...(await listFiles(root, path, warnings, depth + 1)));
  }
  return found;
}

const isPicture = (path: string): boolean => /\.(?:svg|png|jpe?g|gif|webp)$/iu.test(path);

async function readEpisodes(root: string, files: readonly Listing[]): Promise<CourseFolder["episodes"]> {
  const bySide = (lang: Language) => files.filter(({ path }) => posix.dirname(path) === lang && /\.(?:md|markdown|Rmd)$/u.test(path));
  const names = [...new Set(languages.flatMap((lang) => bySide(lang).map(({ path }) => posix.basename(path))))].toSorted((left, right) => (left < right ? -1 : 1));
  if (names.length === 0) throw new CodedError("invalid_input", "The folder has no episodes: Markdown files in the folders en and es.");
  if (names.length > EPISODES_MAX) throw new CodedError("too_large", `A course has at most ${EPISODES_MAX} episodes.`);
  const episodes = [];
  for (const name of names) {
    const sides: { [lang in Language]?: Uint8Array } = {};
    for (const lang of languages) {
      const file = bySide(lang).find(({ path }) => posix.basename(path) === name);
      // Looked at before it is read: a huge file would fill the memory.
      if (file && file.bytes > EPISODE_BYTES_MAX) throw new CourseProblem({ file: file.path, line: 1 }, `the file has ${file.bytes} bytes; at most ${EPISODE_BYTES_MAX} are taken`);
      if (file) sides[lang] = await readFile(join(root, file.path));
    }
    episodes.push({ name, sides });
  }
  return episodes;
}

async function readPictures(root: string, files: readonly Listing[], warnings: CourseWarning[]): Promise<Map<string, Uint8Array>> {
  const listed = files.filter(({ path }) => isPicture(path));
  const all = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  if (listed.length > PICTURES_MAX || all > PICTURE_BYTES_ALL_MAX) throw new CodedError("too_large", `A course has at most ${PICTURES_MAX} pictures of ${PICTURE_BYTES_ALL_MAX} bytes together.`);
  const pictures = new Map<string, Uint8Array>();
  for (const { path, bytes } of listed) {
    if (bytes > FILE_BYTES_MAX || bytes === 0) warnings.push({ file: path, line: 1, message: `a picture has between 1 and ${FILE_BYTES_MAX} bytes; this one is left out` });
    else pictures.set(path, await readFile(join(root, path)));
  }
  return pictures;
}

async function readLicence(root: string, files: readonly Listing[]): Promise<CourseFolder["licence"]> {
  const candidates = files.filter(({ path, bytes }) => /^LICEN[CS]E[^/]*$/iu.test(path) && bytes <= EPISODE_BYTES_MAX);
  const file = (candidates.find(({ path }) => /-en\b/iu.test(path)) ?? candidates[0])?.path;
  return file === undefined ? null : { file, bytes: await readFile(join(root, file)) };
}

/** Reads the folder of a course. `key` defaults to its name. Throws `invalid_input` where there is nothing to import. */
export async function readCourseFolder(folder: string, key?: string): Promise<CourseFolder> {
  const root = resolve(folder);
  const facts = await lstat(root).catch(() => null);
  if (!facts?.isDirectory()) throw new CodedError("invalid_input", `There is no folder ${folder}.`);
  const warnings: CourseWarning[] = [];
  const files = await listFiles(root, "", warnings);
  const episodes = await readEpisodes(root, files);
  const pictures = await readPictures(root, files, warnings);
  return { key: (key ?? basename(root)).slice(0, 200), episodes, pictures, licence: await readLicence(root, files), warnings };
}

/** Where a picture that a text in `side` names may lie, in the order to look; paths inside the folder only. */
export function picturePaths(side: string, address: string): string[] {
  let path: string;
  try {
    path = decodeURIComponent(address.split(/[?#]/u)[0] ?? "");
  } catch {
    return [];
  }
  const plain = posix.normalize(path.replaceAll("\\", "/")).replace(/^(?:\.\.\/|\/)+/u, "");
  return [posix.normalize(posix.join(side, path)), plain, posix.join(side, plain)].filter((candidate) => !candidate.startsWith("..") && !posix.isAbsolute(candidate));
}
