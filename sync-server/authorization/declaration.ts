import type { ErrorCode } from "@mochila/shared/errors.ts";
import type { Route } from "../http/route.ts";

/**
 * Who may call what, for which objects: the words in which the other files of this folder say it, one line a route. It is documentation
 * that runs: `matrix.pg.test.ts` tries every cell on the real application, and a route without its line fails the build.
 */

/** Where a request points, seen by who sends it. */
export const relations = [
  /** Their own course, and what is theirs in it. */
  "own",
  /** Somebody else of the same course. */
  "peer",
  /** Somebody of another group of the same course. */
  "otherGroup",
  /** A course in which they are not. */
  "otherCourse",
  /** A page or a module of their course that is not published. */
  "unpublished",
  /** A course that is a draft; who is in it is the same as in their own. */
  "hidden",
  /** A course in the bin. */
  "trashed",
  /** A page in the bin, a document that was deleted. */
  "deleted",
  /** A course that is over. */
  "archived",
  /** Ids that nothing has. */
  "missing",
  /** What is no id at all. */
  "malformed",
] as const;
export type Relation = (typeof relations)[number];

/** Wherever there is something. */
export const EXISTING = ["own", "peer", "otherGroup", "otherCourse", "unpublished", "hidden", "trashed", "deleted", "archived"] as const satisfies readonly Relation[];
/** An archived course is changed by nobody. */
export const CHANGEABLE = ["own", "peer", "otherGroup", "otherCourse", "unpublished", "hidden", "trashed", "deleted"] as const satisfies readonly Relation[];
/** Where the course is one that its students see, whatever they see in it. */
export const COURSE_SHOWN = ["own", "peer", "otherGroup", "otherCourse", "unpublished", "deleted", "archived"] as const satisfies readonly Relation[];
/** Where those who study in the course receive it. */
export const SHOWN = ["own", "peer", "otherGroup", "otherCourse", "archived"] as const satisfies readonly Relation[];
/** Wherever there is somebody whom a request is about; somebody who is not the caller. */
export const OTHERS = ["peer", "otherGroup", "otherCourse"] as const satisfies readonly Relation[];
export const SOMEBODY = ["own", ...OTHERS] as const satisfies readonly Relation[];
export const PERSONS = [...SOMEBODY, "missing", "malformed"] as const satisfies readonly Relation[];
/** For an id in a body, whose schema refuses what is none. */
export const IN_BODY = [...EXISTING, "missing"] as const satisfies readonly Relation[];
/** A route that is about no object, or about who calls it. */
export const ALWAYS = ["own"] as const satisfies readonly Relation[];

/** What the caller is at the place that the request points to, by the facts of the school and not by the code under test. */
export type Standing =
  | "anyone"
  /** Their password was right, their second factor is awaited. */
  | "halfway"
  /** Signed in, not suspended. */
  | "person"
  /** Signed in, and the object is theirs. */
  | "owner"
  /** Their role in the course of the object. */
  | "instructor" | "assistant" | "student" | "observer"
  /** Owner, and in the course; owner and instructor of it. */
  | "owningMember" | "teachingOwner"
  /** Of the school: an instructor or an administrator. */
  | "author"
  | "administrator"
  /** At the machine itself, or with the operator's token. */
  | "operator";

/** Ids of one place of the test school. What there is not has ids too. */
export interface Place {
  readonly relation: Relation;
  readonly courseId: string;
  readonly moduleId: string;
  readonly pageId: string;
  readonly groupId: string;
  readonly fileId: string;
  /** SHA-256 of the file, in hex. */
  readonly hash: string;
  /** Whom a request about somebody is about. */
  readonly person: {
    readonly id: string;
    readonly email: string;
    readonly sessionId: string;
    readonly factorId: string;
    readonly pictureId: string;
    /** Of a copy of a course that they asked for. */
    readonly copyId: string;
  };
  /** Whose private documents they are: the caller's own, except with `peer`, `otherGroup` and `otherCourse`. */
  readonly ownerId: string;
  readonly uploadId: string;
  /** A stream of events of the owner. */
  readonly streamId: string;
  /** With it whoever is signed in joins the course. */
  readonly courseCode: string;
  /** Who waits for a seat in the course. */
  readonly waitingId: string;
  readonly importId: string;
  /** Nothing has it yet. */
  readonly freshId: string;
}

/** What is the same wherever a request points. */
export interface SchoolFacts {
  /** Everybody's. */
  readonly password: string;
  /** Of the sign-in that waits for a second factor. */
  readonly pendingToken: string;
  /** What an instructor's device would send, half-way through its first pull of a collection. */
  staffCheckpoint(collection: string): string;
  newId(): string;
  /** An e-mail that nobody has. */
  newEmail(): string;
}

/** One request, without who sends it. */
export interface Attempt {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

export interface Answer {
  readonly status: number;
  /** Empty where the answer is no JSON. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Whether the watched document is another one than before. */
  readonly changed: boolean;
}

export interface Permission {
  /** Who may, and where; everybody else is refused, and everybody where there is nothing. */
  readonly may: { readonly [standing in Standing]?: readonly Relation[] };
  /** Where it is tried. Default: the route is about no object. */
  readonly on?: readonly Relation[];
  /** What a valid request holds. Default: nothing. */
  send?(place: Place, school: SchoolFacts): Attempt;
  /** The status of what is allowed. Default: 200. */
  readonly answers?: number;
  /** A document: whether a push got through is told by it, not by the answer. */
  watches?(place: Place): { readonly collection: string; readonly id: string };
  /** Where the status alone does not tell: whether the caller got what they asked for. */
  reached?(answer: Answer, place: Place): boolean;
  /** The code with which who is signed in is refused, existing or not. Default: `forbidden`. */
  readonly refused?: ErrorCode;
  /** The code for who is not signed in. Default: `not_signed_in`. */
  readonly strangers?: ErrorCode;
  /** Why a refused request writes too, in words. Default: it writes nothing. */
  readonly refusedWrites?: string;
  /** Answers only after a fixed time, so that time tells nothing. */
  readonly evened?: true;
}

/** By method and path as the route has them; ` (…)` behind the path tells several uses of one route apart. */
export type Declaration = { readonly [route: `${Route["method"]} /${string}`]: Permission };
