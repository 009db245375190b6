import { type NavigateOptions, useNavigate } from "@solidjs/router";
import { onCleanup } from "solid-js";

/** Leads on from a screen, while its person is still on it: an answer that comes after they went elsewhere takes nobody away from there. */
export function useOnward(): (href: string, options?: Partial<NavigateOptions>) => void {
  const navigate = useNavigate();
  let gone = false;
  onCleanup(() => (gone = true));
  return (href, options) => {
    if (!gone) navigate(href, options);
  };
}
