/** `none`: they came by no link. `opened`: by one that is not kept any more. */
export type Purpose = "verify" | "email" | "reset" | "invitation" | "forgotten" | "none" | "opened";

export interface OpenedLink {
  readonly purpose: Purpose;
  readonly token: string;
}

const NAME = "mochila-link";
const OPENED = "#opened";

// Letters carry their token behind the #, so that no server and no log sees it. A browser does, in its history: on a shared computer the way back would open the
// account to whoever comes next. So it leaves the address as soon as it is read. This tab alone keeps it until it is used, for the same page once more: somebody
// loads it again, or a phone took it out of its memory. Whoever comes back by another way finds nothing, and so does this tab from then on.

const wasThis = (): boolean => {
  const [arrival] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  return arrival?.type === "reload" || ("wasDiscarded" in document && document.wasDiscarded === true);
};

const parse = (hash: string): OpenedLink => {
  const [, purpose = "none", token = ""] = /^#(verify|email|reset|invitation|forgotten|opened)(?:=([\w-]*))?/.exec(hash) ?? [];
  return { purpose: purpose as Purpose, token };
};

export const forgetLink = (): void => sessionStorage.removeItem(NAME);

/** It was used, or opens nothing: there is nothing to come back to. */
export function endLink(): void {
  forgetLink();
  if (location.hash === OPENED) history.replaceState(history.state, "", location.pathname);
}

export const isLinkKept = (): boolean => sessionStorage.getItem(NAME) !== null;

/** What the address says. `arriving`: this page has just been loaded. */
export function takeLink(arriving: boolean): OpenedLink {
  const { hash, pathname } = location;
  const link = parse(hash);
  if (link.token !== "") {
    sessionStorage.setItem(NAME, hash);
    history.replaceState(history.state, "", `${pathname}${OPENED}`);
    return link;
  }
  const kept = link.purpose === "opened" && arriving && wasThis() ? sessionStorage.getItem(NAME) : null;
  if (kept !== null) return parse(kept);
  forgetLink();
  return link;
}
