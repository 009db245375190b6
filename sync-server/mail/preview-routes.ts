import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeHtml } from "../http/html.ts";
import { PLAIN_PAGE_POLICY } from "../http/headers.ts";
import { type Route, route } from "../http/route.ts";

const SHOWN_MAX = 50;

/** Only what begins a line of its own is an address that we wrote. */
const linked = (text: string): string => escapeHtml(text).replaceAll(/^https?:\/\/\S+$/gm, (address) => `<a href="${address}">${address}</a>`);

function page(letters: readonly string[]): string {
  const articles = letters.map((letter) => {
    const [to = "", subject = "", , ...text] = letter.split("\n");
    return `<article><h2>${escapeHtml(subject)}</h2><p>${escapeHtml(to)}</p><pre>${linked(text.join("\n"))}</pre></article>`;
  });
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Letters</title></head><body><h1>Letters that were not sent</h1><p>This server has no mail server (SMTP_URL): what it would send stands here, newest first.</p>${articles.join("") || "<p>None yet.</p>"}</body></html>`;
}

/** For who develops or tries Mochila on their own machine; a school that others reach has no such address. */
export const mailPreviewRoutes = (folder: string): Route[] => [
  route({
    method: "GET", path: "/api/dev/mail", access: "operator", summary: "Letters of a server without a mail server",
    handle: async () => {
      const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".txt"));
      const newest = names.toSorted().toReversed().slice(0, SHOWN_MAX);
      const letters = await Promise.all(newest.map((name) => readFile(join(folder, name), "utf8")));
      return new Response(page(letters), { headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store", "content-security-policy": PLAIN_PAGE_POLICY } });
    },
  }),
];
