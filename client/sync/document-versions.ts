/** In which version of its form this app writes and reads the documents of a collection; absent: the first of each. */
export type VersionOf = (collection: string) => number;

/** What a request says of it: nothing for the first, as apps did before there was another (W1). */
export const versionSaid = (collection: string, versionOf?: VersionOf): { version?: number } => {
  const version = versionOf?.(collection) ?? 1;
  return version > 1 ? { version } : {};
};
