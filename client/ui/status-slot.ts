import { createContext, type JSX, useContext } from "solid-js";

/** What the bar of every page shows at its end. The shell fills it, so that pages need not know of sync. */
export const StatusSlot = createContext<() => JSX.Element>(() => null);

export const useStatusSlot = (): (() => JSX.Element) => useContext(StatusSlot);
