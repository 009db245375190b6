import { isUuid } from "@mochila/shared/kernel/ids.ts";

/**
 * Where the app stands while an administrator looks as somebody. Each screen has an address of its own under one of the administrator's: the way back of
 * the browser goes on working, and whoever loads it again, when nothing of it is left, comes to `ActingOver` and not to a page of somebody else.
 */
export const ACTING_PATH = "/admin/as";

/** The address of a place of the app; what stands behind its `#` stays there, for the browser to go to. */
export function addressOf(place: string): string {
  const [path = "/", ...rest] = place.split("#");
  return `${ACTING_PATH}?${new URLSearchParams({ at: path }).toString()}${rest.length > 0 ? `#${rest.join("#")}` : ""}`;
}

/** The place that an address stands for. Only places of this app, whatever somebody wrote into it. */
export function placeAt({ search, hash }: Pick<Location, "search" | "hash">): string {
  const at = new URLSearchParams(search).get("at") ?? "/";
  return `${/^\/(?!\/)/.test(at) ? at : "/"}${hash}`;
}

/** Which look an address belongs to stands in the browser's history, and is there when the page is loaded again. No token: it opens nothing. */
export const lookState = (lookId: string) => ({ lookId });

export function lookOf(state: unknown): string | null {
  const lookId = (state as Partial<ReturnType<typeof lookState>> | null)?.lookId;
  return typeof lookId === "string" && isUuid(lookId) ? lookId : null;
}
