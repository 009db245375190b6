import { CodedError } from "@mochila/shared/errors.ts";

/** Where something stands in the folder: path with `/` inside the folder, line from 1. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}

/** Something that the import could do without the author, who should know of it. */
export interface CourseWarning extends SourcePlace {
  readonly message: string;
}

export const placeText = ({ file, line }: SourcePlace): string => `${file}:${line}`;

/** The material cannot be taken in as it stands. Nothing was written; the message begins with file and line. */
export class CourseProblem extends CodedError {
  override name = "CourseProblem";
  constructor(
    readonly place: SourcePlace,
    readonly reason: string,
  ) {
    super("invalid_input", `${placeText(place)}: ${reason}`, { details: { file: place.file, line: place.line } });
  }
}
