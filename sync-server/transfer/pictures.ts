import { createHash } from "node:crypto";
import { CodedError } from "@mochila/shared/errors.ts";
import type { ImageNode } from "@mochila/shared/pages/content.ts";
import { type AcceptedImage, acceptImage } from "../files/accept-image.ts";
import { type CourseFolder, picturePaths } from "./course-folder.ts";
import type { FindImage } from "./blocks.ts";
import { CourseProblem, type CourseWarning } from "./course-problem.ts";

export interface Picture {
  /** Stands for the file in contents until it has a reference: the same picture at the same path has the same. */
  readonly placeholder: string;
  readonly path: string;
  readonly image: AcceptedImage;
}

function placeholderOf(path: string, image: AcceptedImage): string {
  const hex = createHash("sha256").update(path).update("\0").update(image.bytes).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const WORDS_MAX = 2_000;

/** The pictures that the texts of one course show. Each is checked once; what nothing shows is never stored. */
export class Pictures {
  readonly #folder: CourseFolder;
  readonly #warn: (warning: CourseWarning) => void;
  readonly #found = new Map<string, Picture | null>();

  readonly #allowMissing: boolean;

  constructor(folder: CourseFolder, { warn, allowMissing }: { warn: (warning: CourseWarning) => void; allowMissing: boolean }) {
    this.#folder = folder;
    this.#warn = warn;
    this.#allowMissing = allowMissing;
  }

  get shown(): Picture[] {
    return [...this.#found.values()].filter((picture) => picture !== null);
  }

  /** What finds the pictures of texts in the folder `side`. */
  finder(side: string): FindImage {
    return ({ address, alt, caption }, { warn, place }) => {
      const path = picturePaths(side, address).find((candidate) => this.#folder.pictures.has(candidate));
      // What lies elsewhere was never part of the folder.
      const elsewhere = /^(?:[a-z][a-z\d+.-]*:|\/\/)/iu.test(address);
      if (path === undefined && !elsewhere && !this.#allowMissing) throw new CourseProblem(place, `the picture “${address.slice(0, 200)}” is not in the folder; add it, or import without it with --allow-missing-pictures`);
      if (path === undefined) {
        warn(`the picture “${address.slice(0, 200)}” is not in the folder; its description is kept as words`);
        return null;
      }
      const picture = this.#take(path);
      if (!picture) {
        warn(`the picture “${path}” cannot be shown; its description is kept as words`);
        return null;
      }
      return nodeOf(picture, alt, caption);
    };
  }

  #take(path: string): Picture | null {
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    const picture = this.#accept(path);
    this.#found.set(path, picture);
    return picture;
  }

  #accept(path: string): Picture | null {
    try {
      const image = acceptImage(this.#folder.pictures.get(path) ?? new Uint8Array());
      if (image.removed.length > 0) this.#warn({ file: path, line: 1, message: `left out of the drawing: ${image.removed.join(", ")}` });
      return { placeholder: placeholderOf(path, image), path, image };
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      this.#warn({ file: path, line: 1, message: error.message });
      return null;
    }
  }
}

function nodeOf({ placeholder, image: { width, height } }: Picture, alt: string, caption: string): ImageNode {
  const size = width !== null && height !== null ? { width, height } : {};
  return { type: "image", attrs: { file: placeholder, alt: alt.slice(0, WORDS_MAX), caption: caption.slice(0, WORDS_MAX), ...size } };
}
