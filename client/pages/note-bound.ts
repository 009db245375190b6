/** 64 KiB with room for letters of several bytes. */
export const NOTE_CHARACTERS_MAX = 20_000;
