import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { BlobStore } from "../files/blob-store.ts";
import { accountSections } from "./account-sections.ts";
import { authorshipSections } from "./authorship-sections.ts";
import { ReadablePage } from "./readable-page.ts";
import type { Gathering, Section, Words } from "./section.ts";
import { workSections } from "./work-sections.ts";
import type { ZipWriter } from "./zip-writer.ts";

/** In this order in the file. Every part of the school that keeps something of a person is named here. */
const sections: readonly Section[] = [...accountSections, ...workSections, ...authorshipSections];

/** Files beyond this are left out and named: the copy lies in the database for a day. */
const FILES_BYTES_MAX = 512 * 1_024 * 1_024;

const left = {
  activity: {
    en: "Activity of more than two weeks ago: the part of the school that counts it did not answer.",
    es: "La actividad de hace más de dos semanas: la parte de la escuela que la cuenta no respondió.",
  },
  damaged: (name: string): Words => ({ en: `The file ${name}: it is damaged or away on the server.`, es: `El archivo ${name}: está dañado o no está en el servidor.` }),
  tooMuch: (name: string): Words => ({ en: `The file ${name}: all files together are larger than a copy may be.`, es: `El archivo ${name}: todos los archivos juntos superan lo que cabe en una copia.` }),
} as const;

export interface Copying {
  readonly gathering: Gathering;
  readonly blobs: Pick<BlobStore, "get">;
  readonly zip: ZipWriter;
  readonly madeAt: Date;
  readonly language: Language;
  /** Of the page to read. */
  readonly timeZone: string;
}

/** Writes `data.json`, the person's files, and a page to read. */
export async function writeCopy({ gathering, blobs, zip, madeAt, language, timeZone }: Copying): Promise<void> {
  const readable = new ReadablePage(timeZone);
  await zip.text("data.json", dataOf(gathering, { readable, madeAt }));
  const leftOut = [...(gathering.counted ? [] : [left.activity]), ...(await writeFiles(gathering, blobs, zip))];
  await zip.text("index.html", pieces(readable.write({ madeAt, language, leftOut })));
  if (leftOut.length > 0) await zip.text("left-out.json", pieces([JSON.stringify(leftOut, null, 1)]));
  await zip.end();
}

async function* pieces(texts: Iterable<string>): AsyncGenerator<string> {
  yield* texts;
}

/** `{format, version, madeAt, about: {<section>: sentence}, sections: {<section>: [row, …]}}`; times in ISO 8601, UTC. */
async function* dataOf(gathering: Gathering, { readable, madeAt }: { readable: ReadablePage; madeAt: Date }): AsyncGenerator<string> {
  const about = Object.fromEntries(sections.map((section) => [section.name, section.about.en]));
  yield `{"format":"mochila-own-data","version":1,"madeAt":${JSON.stringify(madeAt)},\n"about":${JSON.stringify(about, null, 1)},\n"sections":{`;
  for (const [index, section] of sections.entries()) {
    yield `${index === 0 ? "" : ","}\n${JSON.stringify(section.name)}:[`;
    let first = true;
    readable.add(section, []);
    for await (const rows of section.rows(gathering)) {
      readable.add(section, rows);
      for (const row of rows) {
        yield `${first ? "" : ","}\n${JSON.stringify(row)}`;
        first = false;
      }
    }
    yield "]";
  }
  yield "}}\n";
}

/** A name that every system takes; the id keeps two of one name apart. */
const fileName = ({ id, name }: { id: string; name: string }): string => `files/${id}-${name.replaceAll(/[^\p{L}\p{N}._ -]/gu, "_").slice(-100)}`;

/** One file in memory at a time. Returns what was left out. */
async function writeFiles({ sql, userId }: Gathering, blobs: Pick<BlobStore, "get">, zip: ZipWriter): Promise<Words[]> {
  const [face] = await sql<{ hash: Uint8Array; type: string }[]>`select picture_hash as hash, picture_type as type from person where id = ${userId} and picture_id is not null`;
  const picture = face && (await blobs.get(face.hash));
  if (picture) await zip.file(`picture.${face.type.split("/").at(-1)}`, picture);
  const files = await sql<{ id: string; name: string; hash: Uint8Array; bytes: number }[]>`select id, name, hash, bytes from file_ref where owner_id = ${userId} order by created_at`;
  const leftOut: Words[] = [];
  let room = FILES_BYTES_MAX;
  for (const file of files) {
    const bytes = file.bytes > room ? null : await blobs.get(file.hash);
    if (bytes) {
      room -= bytes.length;
      await zip.file(fileName(file), bytes);
    } else leftOut.push(file.bytes > room ? left.tooMuch(file.name) : left.damaged(file.name));
  }
  return leftOut;
}
