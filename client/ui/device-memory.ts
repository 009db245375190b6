/**
 * The few choices that must be known before any database is open: language, theme, letters. A browser that blocks storage throws at the
 * mere mention of localStorage; then nothing is remembered, and the page that says so can still be drawn.
 */
export const deviceMemory = {
  read(name: string): string | null {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  },
  write(name: string, value: string): void {
    try {
      localStorage.setItem(name, value);
    } catch {
      // Blocked or full: the choice holds until the page is closed.
    }
  },
};
