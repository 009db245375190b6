import postgres from "postgres";

/** Whether a statement failed because somebody else has the value already, be it since a moment. */
export const isUniqueViolation = (error: unknown): boolean => error instanceof postgres.PostgresError && error.code === "23505";
