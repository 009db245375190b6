/** What stands behind the `#` of an address, as somebody meant it: that part reaches no server and no log. What cannot be read stays as it is. */
export function behindHash(hash: string): string {
  const text = hash.replace(/^#/u, "");
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
