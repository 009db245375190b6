/** One or two letters for the round place of a face. */
export const initialsOf = (name: string): string => {
  const parts = name.trim().split(/\s+/u);
  return [parts[0], parts.length > 1 ? parts.at(-1) : ""].map((part) => [...(part ?? "")][0] ?? "").join("").toUpperCase();
};
