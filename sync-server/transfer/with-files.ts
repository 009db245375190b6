import type { PageContent } from "@mochila/shared/pages/content.ts";

/** The same text over other file references. The content is data, so that an id is replaced in it wherever it stands as one. */
export const withFiles = (content: PageContent, files: ReadonlyMap<string, string>): PageContent =>
  JSON.parse(JSON.stringify(content), (key, value: unknown) => (key === "file" && typeof value === "string" ? (files.get(value) ?? value) : value)) as PageContent;
