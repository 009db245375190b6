import { expect, test } from "vitest";
import { squareAt, ZOOM_MAX } from "./crop.ts";

const wide = { width: 400, height: 300 };

test("the square is as large as the picture lets it be, and around the point", () => {
  expect(squareAt(wide, { zoom: 1, x: 200, y: 150 })).toEqual({ x: 50, y: 0, side: 300 });
  expect(squareAt(wide, { zoom: 2, x: 200, y: 150 })).toEqual({ x: 125, y: 75, side: 150 });
});

test("it never leaves the picture, wherever one pulls and however one zooms", () => {
  for (const zoom of [0, 1, 1.5, 3, 100]) {
    for (const [x, y] of [[-50, -50], [0, 300], [1_000, 1_000], [399, 1]] as const) {
      const square = squareAt(wide, { zoom, x, y });
      expect(square.x).toBeGreaterThanOrEqual(0);
      expect(square.y).toBeGreaterThanOrEqual(0);
      expect(square.x + square.side).toBeLessThanOrEqual(wide.width);
      expect(square.y + square.side).toBeLessThanOrEqual(wide.height);
      expect(square.side).toBeGreaterThanOrEqual(wide.height / ZOOM_MAX);
    }
  }
});
