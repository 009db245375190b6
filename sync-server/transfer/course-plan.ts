import type { Localized } from "@mochila/shared/kernel/schema.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import { BODY_BYTES_MAX } from "@mochila/shared/limits.ts";
import { type BlockNode, type PageContent, wordsOf } from "@mochila/shared/pages/content.ts";
import { normalizeContent } from "../pages/content-document.ts";
import type { CourseFolder } from "./course-folder.ts";
import { CourseProblem, type CourseWarning } from "./course-problem.ts";
import { type Episode, readEpisode, type Section } from "./episode.ts";
import { licenceText } from "./licence.ts";
import { type Picture, Pictures } from "./pictures.ts";

export interface PlannedPage {
  /** Stable: `<episode>:<number of the section>`. */
  readonly key: string;
  readonly title: Localized<string>;
  /** With placeholders where pictures stand. */
  readonly contents: { readonly [lang in Language]?: PageContent };
}
export interface PlannedModule {
  readonly key: string;
  readonly title: Localized<string>;
  readonly questions: Localized<string[]>;
  readonly objectives: Localized<string[]>;
  readonly keyPoints: Localized<string[]>;
  readonly minutes: number | null;
  readonly pages: readonly PlannedPage[];
}
/** A folder as the course that it shall become; nothing of any database. */
export interface CoursePlan {
  readonly key: string;
  readonly languages: readonly Language[];
  readonly source: string | null;
  readonly modules: readonly PlannedModule[];
  readonly pictures: readonly Picture[];
  /** Words of the pages' texts. */
  readonly words: { readonly [lang in Language]: number };
  readonly warnings: readonly CourseWarning[];
}

type Sides<Value> = { readonly [lang in Language]?: Value };

const present = <Value>(sides: Sides<Value>): [Language, Value][] => languages.flatMap((lang) => (sides[lang] === undefined ? [] : [[lang, sides[lang]] as [Language, Value]]));

const mapSides = <From, To>(sides: Sides<From>, map: (value: From, lang: Language) => To): { [lang in Language]?: To } =>
  Object.fromEntries(present(sides).map(([lang, value]) => [lang, map(value, lang)]));

/** The same places of the outline in every language: as many sections, and text before the first in all or in none. */
function sameOutline(episodes: readonly Episode[]): boolean {
  const [first] = episodes;
  return episodes.every(({ sections }) => sections.length === first?.sections.length && (sections[0]?.title === null) === (first.sections[0]?.title === null));
}

function contentOf(file: string, blocks: readonly BlockNode[]): PageContent {
  const content = normalizeContent({ type: "doc", content: [...blocks] });
  const bytes = Buffer.byteLength(JSON.stringify(content));
  if (bytes > BODY_BYTES_MAX) throw new CourseProblem({ file, line: 1 }, `the page would have ${bytes} bytes; at most ${BODY_BYTES_MAX} are taken`);
  return content;
}

function sectionTitle(episode: Episode, section: Section | undefined, index: number): string {
  if (section?.title) return section.title;
  return index === 0 ? episode.title : `${episode.title.slice(0, 280)} (${index + 1})`;
}

/** Pages of one episode: one a section where the languages agree on the sections, else one. */
function pagesOf(name: string, sides: Sides<Episode>): PlannedPage[] {
  const episodes = present(sides).map(([, episode]) => episode);
  const count = sameOutline(episodes) ? Math.max(1, episodes[0]?.sections.length ?? 1) : 1;
  return Array.from({ length: count }, (_, index) => ({
    key: `${name}:${index}`,
    title: mapSides(sides, (episode) => (count > 1 ? sectionTitle(episode, episode.sections[index], index) : episode.title)),
    contents: mapSides(sides, (episode) => contentOf(episode.file, count > 1 ? (episode.sections[index]?.blocks ?? []) : episode.blocks)),
  }));
}

function moduleOf(name: string, sides: Sides<Episode>, warn: (warning: CourseWarning) => void): PlannedModule {
  const minutes = present(sides).flatMap(([, episode]) => (episode.minutes === null ? [] : [episode.minutes]));
  const [file = ""] = present(sides).map(([, episode]) => episode.file);
  if (new Set(minutes).size > 1) warn({ file, line: 1, message: `the languages say different minutes (${minutes.join(", ")}); the longer time is kept` });
  const lists = (field: "questions" | "objectives" | "keyPoints") =>
    Object.fromEntries(present(sides).flatMap(([lang, episode]) => (episode[field].length > 0 ? [[lang, [...episode[field]]]] : []))) as Localized<string[]>;
  return {
    key: name,
    title: mapSides(sides, (episode) => episode.title),
    questions: lists("questions"),
    objectives: lists("objectives"),
    keyPoints: lists("keyPoints"),
    minutes: minutes.length > 0 ? Math.max(...minutes) : null,
    pages: pagesOf(name, sides),
  };
}

const wordsIn = (modules: readonly PlannedModule[], lang: Language): number =>
  modules.flatMap((module) => module.pages).reduce((sum, page) => sum + (page.contents[lang] ? wordsOf(page.contents[lang]) : 0), 0);

/** Reads every episode. Throws CourseProblem for the first that is malformed: a course comes in whole or not at all. */
export function planCourse(folder: CourseFolder, { allowMissingPictures = false }: { allowMissingPictures?: boolean } = {}): CoursePlan {
  const warnings: CourseWarning[] = [...folder.warnings];
  const warn = (warning: CourseWarning) => void warnings.push(warning);
  const pictures = new Pictures(folder, { warn, allowMissing: allowMissingPictures });
  const modules = folder.episodes.map(({ name, sides }) => {
    const episodes = mapSides(sides, (bytes, lang) => readEpisode({ file: `${lang}/${name}`, bytes, warn, findImage: pictures.finder(lang) }));
    for (const lang of languages) if (!sides[lang]) warn({ file: name, line: 1, message: `there is no ${lang} side; readers get the other language` });
    return moduleOf(name.replace(/\.\w+$/u, ""), episodes, warn);
  });
  return {
    key: folder.key,
    languages: languages.filter((lang) => folder.episodes.some(({ sides }) => sides[lang])),
    source: folder.licence ? licenceText(folder.licence) : null,
    modules,
    pictures: pictures.shown,
    words: { en: wordsIn(modules, "en"), es: wordsIn(modules, "es") },
    warnings: [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()],
  };
}
