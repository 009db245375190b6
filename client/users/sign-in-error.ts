import { CodedError, type ErrorCode } from "@mochila/shared/errors.ts";

export type SignInProblem = "wrong" | "unverified" | "suspended" | "tooMany" | "away" | "invalid" | "other";

const problems: Partial<Record<ErrorCode, SignInProblem>> = {
  wrong_credentials: "wrong",
  // A set-up link that was used.
  forbidden: "wrong",
  email_unverified: "unverified",
  account_suspended: "suspended",
  too_many_requests: "tooMany",
  unavailable: "away",
  invalid_input: "invalid",
};

/** What a failed sign-in means for the person, as a key of the dictionary. */
export const problemOf = (error: unknown): SignInProblem => (error instanceof CodedError ? (problems[error.code] ?? "other") : "other");
