import { type Accessor, createContext, useContext } from "solid-js";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { BlockNode } from "@mochila/shared/pages/content.ts";

/** What the parts of a page ask of the page they are in. */
export interface Reading {
  readonly anchors: ReadonlyMap<BlockNode, string>;
  /** Place of each exercise on the page, 0-based. */
  readonly exercises: ReadonlyMap<unknown, number>;
  readonly files: {
    open(fileId: string): Promise<string | null>;
    close(address: string): void;
    readonly onDevice: Accessor<ReadonlySet<string>>;
  };
  /** A hidden solution was opened. `part`: which exercise. */
  onReveal(part: number): void;
}

export const ReadingContext = createContext<Reading>();

export function useReading(): Reading {
  const reading = useContext(ReadingContext);
  assert(reading, "page text is drawn inside a page");
  return reading;
}
