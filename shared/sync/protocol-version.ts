/**
 * The version of the wire between devices and servers. A change of any message needs a new line here, and the server takes
 * pushes of the last three versions (SYNC.md B.6).
 *
 * 1  2026-11  first form
 */
export const PROTOCOL_VERSION = 1;
