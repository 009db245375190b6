import { A } from "@solidjs/router";
import { Match, Show, Switch } from "solid-js";
import { formatAgo } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Icon } from "./Icon.tsx";
import type { IconName } from "./icons.ts";
import { useNow } from "./now.ts";

export type StatusState = "offline" | "syncing" | "synced" | "attention";

const iconOf: Record<StatusState, IconName> = { offline: "phone", syncing: "sync", synced: "cloud", attention: "warn" };

/** The truth about sync, in one place: a link to the outbox whose words are announced when they change. */
export function Status(props: { state: StatusState; pending: number; lastSyncedAt: number | null; signInNeeded: boolean }) {
  const words = useWords();
  const now = useNow();
  return (
    <A class="status" href="/outbox" data-state={props.state}>
      <Icon name={props.signInNeeded && props.state === "offline" ? "lock" : iconOf[props.state]} />
      <span role="status" data-sync-state={props.state}>
        <Switch
          fallback={
            <>
              <span class="narrow">{words("shell.savedShort")}</span>
              <span class="wide">{words("shell.saved")}</span>
            </>
          }
        >
          <Match when={props.state === "attention"}>{words("shell.attention")}</Match>
          {/* The banner that says it may be far above what the person writes. */}
          <Match when={props.signInNeeded && props.state === "offline"}>{words("shell.signInToSend")}</Match>
          <Match when={props.state === "syncing"}>
            <Show when={props.pending > 0} fallback={words("shell.syncingNothing")}>
              <span class="narrow">{words("shell.syncingShort", { count: props.pending })}</span>
              <span class="wide">{words("shell.syncing", { count: props.pending })}</span>
            </Show>
          </Match>
          <Match when={props.state === "synced"}>
            <span class="narrow">{words("shell.syncedShort")}</span>
            <span class="wide">
              {words("shell.synced")}
              <Show when={props.lastSyncedAt}>{(at) => <span class="more">, {formatAgo(at(), now())}</span>}</Show>
            </span>
          </Match>
        </Switch>
      </span>
    </A>
  );
}
