/** A mistake that somebody could make, and the test that must notice it. */
export const bugs: readonly { readonly id: string; readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[] }[];
