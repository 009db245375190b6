/** Drawn for this: simple, unlike each other in shape, on a 24 × 24 grid with a round stroke. Their order on the screen never changes: fingers remember places. */
export const pictures = {
  sun: "M8 12a4 4 0 1 0 8 0a4 4 0 1 0-8 0 M12 2v3 M12 19v3 M2 12h3 M19 12h3 M5 5l2 2 M17 17l2 2 M5 19l2-2 M17 7l2-2",
  moon: "M20 14.5A8.5 8.5 0 1 1 10 4a7 7 0 0 0 10 10.5z",
  star: "M12 3l2.7 5.7 6.3.8-4.6 4.3 1.2 6.2-5.6-3-5.6 3 1.2-6.2L3 9.5l6.3-.8z",
  cat: "M5 3l4 4h6l4-4v10a7 7 0 0 1-14 0z M9.5 11.5v.1 M14.5 11.5v.1 M10.5 14.5l1.5 1.5 1.5-1.5 M1.5 13l4 .5 M22.5 13l-4 .5",
  fish: "M2 12c4-7 10-7 14-1l6-5v12l-6-5c-4 6-10 6-14-1z M7 11v.1",
  bird: "M3 11c1-5 9-6 11-2l2-3 2 3 4 1-4 2c-1 5-4 7-8 7-3 0-4-1-4-3 M14 9c1 4-2 6-5 6 M9 19v3 M13 19v3",
  flower: "M9.8 5.2a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0 M13.5 8.8a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0 M9.8 12.4a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0 M6.1 8.8a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0 M12 14.6V22 M12 20c3 0 5-2 5-4",
  tree: "M12 2l5 7h-2.5l4.5 7H5l4.5-7H7z M12 16v6",
  house: "M2 12l10-9 10 9 M5 9.5V21h14V9.5 M10 21v-6h4v6",
  boat: "M2 16h20l-4 5H6z M11 16V2l9 11h-9 M8 13H4l4-6",
  apple: "M12 8C9 5.5 4 7 4 12.5 4 17 7 21 9 21c1.2 0 1.8-.5 3-.5s1.8.5 3 .5c2 0 5-4 5-8.5C20 7 15 5.5 12 8z M12 8c0-3 1-5 4-6",
  ball: "M2.5 12a9.5 9.5 0 1 0 19 0a9.5 9.5 0 1 0-19 0 M2.5 12h19 M12 2.5c-5 5-5 14 0 19 M12 2.5c5 5 5 14 0 19",
} as const;

export type PictureName = keyof typeof pictures;
export const pictureNames = Object.keys(pictures) as PictureName[];

/** So many make a lock. */
export const PICTURES_MIN = 3;
export const PICTURES_MAX = 4;
export const PIN_DIGITS_MIN = 4;
export const PIN_DIGITS_MAX = 8;

/** What stands for a lock where its key is sealed. */
export const textOf = (chosen: readonly PictureName[]): string => chosen.join(" ");
