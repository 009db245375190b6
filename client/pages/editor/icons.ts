/** Paths that only the editor shows, on the grid of `ui/icons.ts`. The letters and lists are drawn for Mochila. */
export const editorIcons = {
  undo: "M9 14L4 9l5-5 M4 9h10.5a5.5 5.5 0 0 1 0 11H11",
  redo: "M15 14l5-5-5-5 M20 9H9.5a5.5 5.5 0 0 0 0 11H13",
  h2: "M4 12h8 M4 18V6 M12 18V6 M21 18h-4c0-4 4-3 4-6 0-1.5-2-2.5-4-1",
  h3: "M4 12h8 M4 18V6 M12 18V6 M17 10.5c1.7-1 3.5 0 3.5 1.5a2 2 0 0 1-2 2 M17 17.5c2 1.5 4 .3 4-1.7a2 2 0 0 0-2-2",
  bold: "M6 12h9a4 4 0 0 1 0 8H7a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h7a4 4 0 0 1 0 8",
  italic: "M19 4h-9 M14 20H5 M15 4L9 20",
  inlineCode: "M16 18l6-6-6-6 M8 6l-6 6 6 6",
  numbered: "M10 6h11 M10 12h11 M10 18h11 M4 6h1v4 M4 10h2 M6 18H4c0-1 2-2 2-3s-1-1.5-2-1",
  quote: "M6 17h3l2-4V7H5v6h3z M14 17h3l2-4V7h-6v6h3z",
  codeBlock: "M4 4h16v16H4z M10 9.5L8 12l2 2.5 M14 9.5l2 2.5-2 2.5",
  rule: "M4 12h16",
} as const;
