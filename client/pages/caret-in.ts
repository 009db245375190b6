/**
 * Where the caret stays when the text around it changes: behind the same words, else in the line that begins as its line did up to the caret,
 * else before the same words, else at the end. Lines may have changed places: two tabs that begin a note at once put them in either order.
 */
export function caretIn(next: string, old: string, at: number): number {
  const [before, after] = [old.slice(0, at), old.slice(at)];
  if (next.startsWith(before) && before.length > 0) return at;
  const typed = before.slice(before.lastIndexOf("\n") + 1);
  const lineStart = typed.length > 0 ? startOfLine(next, typed) : null;
  if (lineStart !== null) return lineStart + typed.length;
  return next.endsWith(after) ? next.length - after.length : next.length;
}

/** Of the first line that begins so. */
function startOfLine(text: string, beginning: string): number | null {
  if (text.startsWith(beginning)) return 0;
  const found = text.indexOf(`\n${beginning}`);
  return found === -1 ? null : found + 1;
}
