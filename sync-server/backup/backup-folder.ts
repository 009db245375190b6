import { readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { FolderBlobStore } from "../files/blob-store.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { isWhole, partLines } from "./part-file.ts";

// A folder of backups: one folder each, and beside them the files that they share, under their hashes.

const NAME = /^mochila-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

/** `mochila-2026-11-30T02-05-11-123Z`: in the order of time, and allowed on every system. */
export const nameOf = (at: string): string => `mochila-${at.replaceAll(/[:.]/g, "-")}`;
/** What is being made; its name never looks like a backup's. */
export const draftOf = (folder: string, school: string): string => join(folder, `.making-${school}`);
export const blobsOf = (folder: string): string => join(folder, "files");

export interface KeptBackup {
  readonly path: string;
  readonly manifest: Manifest;
}

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch((): string[] => [])).filter((name) => NAME.test(name)).toSorted().toReversed();

/** Newest first. What cannot be read is left out, and left alone. */
export async function listBackups(folder: string): Promise<KeptBackup[]> {
  const names = await namesIn(folder);
  const read = await Promise.all(names.map(async (name) => ({ path: join(folder, name), manifest: await readManifest(join(folder, name)).catch(() => null) })));
  return read.flatMap(({ path, manifest }) => (manifest ? [{ path, manifest }] : []));
}

/** The backup in this folder, or the newest of the backups in it. Throws one clear sentence. */
export async function findBackup(folder: string): Promise<KeptBackup> {
  const [newest] = await listBackups(folder);
  return newest ?? { path: resolve(folder), manifest: await readManifest(resolve(folder)) };
}

/** Those of the same school that were made since, and the paths of those that cannot be read: of which school they are nobody knows. */
export async function newerBackups(folder: string, { school, at }: Manifest): Promise<{ kept: KeptBackup[]; unreadable: string[] }> {
  const all = await listBackups(folder);
  const read = new Set(all.map(({ path }) => path));
  const unreadable = (await namesIn(folder)).filter((name) => name > nameOf(at)).map((name) => join(folder, name));
  return { kept: all.filter(({ manifest }) => manifest.school === school && manifest.at > at), unreadable: unreadable.filter((path) => !read.has(path)) };
}

/** Removes all but the newest `keep` backups of a school, then the files that no backup names any more. Resolves with the paths that went. */
export async function removeOld(folder: string, { keep, school, pool, clock }: { keep: number; school: string; pool: FolderBlobStore; clock: Clock }): Promise<string[]> {
  const old = (await listBackups(folder)).filter(({ manifest }) => manifest.school === school).slice(keep);
  for (const { path } of old) await rm(path, { recursive: true });
  if (old.length > 0) await removeUnnamed(folder, pool, clock.now());
  return old.map(({ path }) => path);
}

/** A backup that is being made, of another school perhaps, has made the files that it will name younger than this (`writeFiles`). */
const BEING_MADE_MS = 24 * 60 * 60 * 1_000;

async function removeUnnamed(folder: string, pool: FolderBlobStore, now: number): Promise<void> {
  const named = new Set<string>();
  const kept = await listBackups(folder);
  // One that cannot be read today may be read by another program tomorrow, and needs its files then.
  if (kept.length < (await namesIn(folder)).length) return;
  for (const { path, manifest } of kept) {
    // It may name any of them.
    if (!(await isWhole(path, manifest.blobs.part))) return;
    for await (const hash of partLines(path, manifest.blobs.part)) named.add(hash);
  }
  for await (const hash of pool.listOlderThan(BEING_MADE_MS, now)) if (!named.has(Buffer.from(hash).toString("hex"))) await pool.removeOlderThan(hash, BEING_MADE_MS, now);
}
