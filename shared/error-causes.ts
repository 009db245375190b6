import type { ErrorCode } from "./errors.ts";

/**
 * Every way to fail. A code is documentation: its cause, when it is normal, what the receiver does.
 * `status` is the HTTP status; semantic refusals inside a push are answers with status 200 that carry a code.
 */
export const errorCauses = {
  invalid_input: { status: 400, cause: "the request does not have the shape its schema asks for; do not send it again unchanged" },
  unknown_setting: { status: 400, cause: "a setting or a choice that does not exist" },
  not_signed_in: { status: 401, cause: "no access token, or one that expired; normal after 10 minutes: refresh, then send again" },
  wrong_credentials: { status: 401, cause: "no person with this e-mail and password; the answer is the same for both" },
  email_unverified: { status: 403, cause: "the password is right, and nobody has confirmed the e-mail yet; open the letter that was sent" },
  account_suspended: { status: 403, cause: "the password or passkey is right, and an administrator has suspended the account; ask them" },
  session_ended: { status: 401, cause: "the session was signed out, revoked or too old; lock the screen, keep what is unsent, ask for sign-in" },
  forbidden: { status: 403, cause: "this person may not do this; the same answer for what does not exist" },
  wrong_origin: { status: 403, cause: "a state-changing request from another site or without its header" },
  not_found: { status: 404, cause: "no such address" },
  method_not_allowed: { status: 405, cause: "the address exists, the method does not" },
  epoch_changed: { status: 409, cause: "the server was restored from a backup; start every collection again and offer local work" },
  event_gap: { status: 409, cause: "an event stream lacks numbers in between; send from details.expected" },
  upload_offset: { status: 409, cause: "an upload went on from another offset; ask for the offset and go on from there" },
  stream_forked: { status: 410, cause: "the same event numbers were sent with other events, as after a copied profile; begin a new stream" },
  too_large: { status: 413, cause: "more bytes than the bound; the details say which" },
  wrong_type: { status: 415, cause: "a body of a type that this address does not take" },
  client_too_old: { status: 426, cause: "this version of the app is no longer served; update, pushes are still taken" },
  too_many_requests: { status: 429, cause: "a limit was met; wait retryAfterMs, then send again" },
  internal: { status: 500, cause: "a fault of the server; it is logged with the request's id; try again later" },
  unavailable: { status: 503, cause: "a store is away or the server is starting or stopping; try again after retryAfterMs" },
  reports_unavailable: { status: 503, cause: "no ClickHouse engine here; events wait in Postgres until there is one" },

  // Refusals of one row of a push. The row's master is in `conflicts`; the device keeps the refused text as rescued work.
  row_invalid: { status: 200, cause: "the document does not fit its schema or a bound" },
  row_forbidden: { status: 200, cause: "this person may not write this document or a field that was changed" },
  row_removed: { status: 200, cause: "the document was removed, or is no longer visible to this person" },
  row_deletion: { status: 200, cause: "only one's own drafts are deleted; other things move to the bin" },
} as const satisfies Record<ErrorCode, { status: number; cause: string }>;
