/** What of a picture is kept: a square, in its own pixels. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const ZOOM_MAX = 4;

/** The square of this zoom (1: as large as the picture lets it be) around a point of the picture, moved so far that it stays inside. */
export function squareAt({ width, height }: Size, { zoom, x, y }: { zoom: number; x: number; y: number }): Square {
  const side = Math.min(width, height) / Math.min(ZOOM_MAX, Math.max(1, zoom));
  const within = (centre: number, length: number) => Math.min(Math.max(centre - side / 2, 0), length - side);
  return { x: within(x, width), y: within(y, height), side };
}
