import { createMemo, createSignal, onMount, Show } from "solid-js";
import { useSyncStatus } from "../../outbox/queries.ts";
import { Button } from "../../ui/Button.tsx";
import { Banner } from "../../ui/Notice.tsx";
import type { Acting } from "./acting.ts";
import { said } from "./words.ts";

/** From here on a screen reader is told, once a minute would disturb. */
const SOON_MINUTES = [5, 1];

/** Above every screen, as long as it lasts: as whom, how long, and the way back. */
export function ActingBanner(props: { acting: Acting }) {
  const status = useSyncStatus();
  const name = () => props.acting.user.name;
  const soon = createMemo(() => SOON_MINUTES.find((minutes) => props.acting.minutesLeft() === minutes));
  const [stands, setStands] = createSignal(false);
  // After its place stands: a screen reader says what appears in it.
  onMount(() => requestAnimationFrame(() => setStands(true)));
  return (
    <section class="top-banner stays acting" aria-label={said("acting.region")} data-acting={props.acting.user.id}>
      <Banner icon="eye" role="alert" action={<Button look="soft" onClick={() => props.acting.end("stopped")}>{said("acting.stop")}</Button>}>
        <b>{said("acting.as", { name: name() })}</b>
        <span>{said("acting.left", { count: props.acting.minutesLeft() })}</span>
        <span role="status">
          <Show when={!status().reachable}> {said("acting.away")}</Show>
          <Show when={stands()}>
            <span class="unseen">{said("acting.as", { name: name() })}</span>
          </Show>
          <Show when={soon()}>{(count) => <span class="unseen">{said("acting.soon", { name: name(), count: count() })}</span>}</Show>
        </span>
      </Banner>
    </section>
  );
}
