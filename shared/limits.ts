/** Every bound of the product. The unit is in the name; the reason stands above. */

/** Two quick edits of one document are merged before they are pushed; more rows in one request only delay the first. */
export const PUSH_ROWS_MAX = 500;
/** A page of a pull: small enough that a request on 16 kbit/s ends before a phone gives up, and a page never blocks the device. */
export const PULL_DOCUMENTS_MAX = 400;
export const PULL_BYTES_MAX = 256 * 1024;
/** What somebody looks through at once; older versions are asked for. */
export const HISTORY_VERSIONS_MAX = 20;
/** Texts of pages are large: fewer versions come then, and never less than the two that make one change. */
export const HISTORY_BYTES_MAX = 256 * 1024;
/** One request for all collections. */
export const COLLECTIONS_PER_REQUEST_MAX = 16;
/** What a person writes into one document; long text is a room, not a field. */
export const DOCUMENT_BYTES_MAX = 256 * 1024;
/** Objects and lists inside each other: a page of lists in lists has some twenty; checks and stores go down level by level on a stack. */
export const DOCUMENT_LEVELS_MAX = 100;
/** A page's text in one language, written by the server only. */
export const BODY_BYTES_MAX = 1024 * 1024;
export const DRAFT_BYTES_MAX = 64 * 1024;
/** A JSON request. 500 rows of a few hundred bytes fit; a bigger push is sent in parts. */
export const REQUEST_BYTES_MAX = 4 * 1024 * 1024;

export const TITLE_CHARACTERS_MAX = 300;
export const DESCRIPTION_CHARACTERS_MAX = 4_000;
export const NAME_CHARACTERS_MAX = 120;
export const EMAIL_CHARACTERS_MAX = 254;
/** Exact bytes are hashed; longer input only costs time (ASVS V6.2.9 asks for at least 64). */
export const PASSWORD_CHARACTERS_MIN = 8;
export const PASSWORD_CHARACTERS_MAX = 128;

/** The access token holds no roles, so its life only bounds how long a stolen one serves. */
export const ACCESS_TOKEN_SECONDS = 600;
/** An administrator who looks at the school as somebody is themselves again after this time, whatever happens. */
export const ACTING_SECONDS = 3_600;
export const ACTING_REASON_CHARACTERS_MAX = 300;
/** A refresh whose answer was lost is repeated within this time and gets the same successor. */
export const REFRESH_GRACE_SECONDS = 60;
export const REFRESH_IDLE_DAYS = 30;
export const REFRESH_ABSOLUTE_DAYS = 180;
/** argon2id holds 19 MiB a try: two at a time, a bounded queue, then 503. */
export const PASSWORD_CHECKS_AT_ONCE_MAX = 2;
export const PASSWORD_CHECKS_WAITING_MAX = 50;

export const EVENTS_PER_BATCH_MAX = 500;
export const EVENT_BATCH_BYTES_MAX = 256 * 1024;
export const EVENT_DATA_BYTES_MAX = 1_024;
/** What a device keeps while it is offline before it thins out the low-value kinds. */
export const EVENTS_WAITING_MAX = 20_000;
/** Acknowledged events are kept so long, to be sent again after a server's restore. */
export const EVENTS_KEPT_DAYS = 7;
/** A gap between two inputs of at most this long counts as reading; a longer one counts as nothing. */
export const ACTIVE_GAP_SECONDS_MAX = 60;

/** Yjs updates, format 1 only. One keystroke is about 20 bytes; a pasted chapter fits. */
export const ROOM_MESSAGE_BYTES_MAX = 1024 * 1024;
export const ROOM_UPDATE_BYTES_MAX = 256 * 1024;
export const AWARENESS_BYTES_MAX = 4 * 1024;
export const AWARENESS_PER_SECOND_MAX = 10;
/** A document past this is read-only: it would no longer load on a cheap phone. */
export const ROOM_STATE_BYTES_MAX = 5 * 1024 * 1024;
/** The one secret allowed in an address: one use, this long. */
export const ROOM_TICKET_SECONDS = 30;
/** A revoked person loses the socket within this time even when every hint was lost. */
export const ROOM_RECHECK_SECONDS = 60;
/** The state a publish waits for; a longer one is sent as a state vector alone. */
export const PUBLISH_STATE_CHARACTERS_MAX = 64 * 1024;

export const FILE_BYTES_MAX = 25 * 1024 * 1024;
export const FILE_CHUNK_BYTES_MAX = 1024 * 1024;
export const FILE_NAME_CHARACTERS_MAX = 200;
/** One course cannot fill the disk of a small server. */
export const COURSE_FILE_BYTES_MAX = 2 * 1024 * 1024 * 1024;
/** Unfinished uploads hold their parts in Postgres. */
export const UPLOADS_OPEN_MAX = 20;
/** A device that was away for a week finds its upload where it left it. */
export const UPLOAD_KEPT_DAYS = 7;

/** Hints are gathered on the device for this long, with jitter, so that a class does not answer one hint at once. */
export const HINT_DEBOUNCE_MS = 1_000;
/** Without any hint a device looks this often: lost hints cost time, never data. */
export const POLL_SECONDS = 30;
export const APPLIED_REV_KEPT_DAYS = 180;
