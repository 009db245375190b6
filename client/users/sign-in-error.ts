import { CodedError } from "@mochila/shared/errors.ts";

export type SignInProblem = "wrong" | "tooMany" | "away" | "invalid" | "other";

/** What a failed sign-in means for the person, as a key of the dictionary. */
export function problemOf(error: unknown): SignInProblem {
  if (!(error instanceof CodedError)) return "other";
  switch (error.code) {
    case "wrong_credentials":
    case "forbidden":
      return "wrong";
    case "too_many_requests":
      return "tooMany";
    case "unavailable":
      return "away";
    case "invalid_input":
      return "invalid";
    default:
      return "other";
  }
}
