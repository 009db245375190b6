/** Who receives a document: a set of scopes. A person holds scopes through grants; a document names its own. */
export type Scope = `u:${string}` | `c:${string}` | `cs:${string}` | `g:${string}` | "all";

export const personScope = (userId: string): Scope => `u:${userId}`;
/** Everyone in the course. */
export const courseScope = (courseId: string): Scope => `c:${courseId}`;
/** The staff of the course. */
export const staffScope = (courseId: string): Scope => `cs:${courseId}`;
