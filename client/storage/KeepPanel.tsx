import { Match, Show, Switch } from "solid-js";
import { formatBytes } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import type { KeptCourse } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { Bag } from "../ui/Icon.tsx";
import { Meter } from "../ui/Progress.tsx";
import { useStorageActions } from "./actions.ts";

interface KeepPanelProps {
  readonly courseId: string;
  readonly kept: KeptCourse | undefined;
  readonly bytesMissing: number;
}

/** Keep this course: what it costs before, how far it is while, and that it is here after. */
export function KeepPanel(props: KeepPanelProps) {
  const words = useWords();
  const actions = useStorageActions();
  const progress = () => words("storage.ofBytes", { done: formatBytes(props.kept?.bytesDone ?? 0), all: formatBytes(props.kept?.bytesAll ?? 0) });
  const share = () => (props.kept && props.kept.bytesAll > 0 ? props.kept.bytesDone / props.kept.bytesAll : 0);
  const resume = () => void actions.resume(props.courseId);
  return (
    <Switch
      fallback={
        <Button look="soft" icon="get" wide onClick={() => void actions.keep(props.courseId)}>
          {props.bytesMissing > 0 ? words("storage.keepMissing", { size: formatBytes(props.bytesMissing) }) : words("storage.keep")}
        </Button>
      }
    >
      <Match when={props.kept?.state === "getting"}>
        <Meter share={share()} label={words("storage.getting")} />
        <p class="line between small soft mt-2">
          <span class="num">{progress()}</span>
          <Button look="bare" icon="pause" onClick={() => void actions.pause(props.courseId)}>
            {words("storage.pause")}
          </Button>
        </p>
      </Match>
      <Match when={props.kept?.state === "paused" || props.kept?.state === "failed"}>
        <Meter share={share()} label={words("storage.getting")} />
        <p class="small soft mt-2">
          <span class="num">{progress()}</span>. {props.kept?.state === "failed" ? words("storage.interrupted") : words("storage.paused")}
        </p>
        <Button look="soft" icon="play" wide onClick={resume}>
          {words("storage.resume")}
        </Button>
      </Match>
      <Match when={props.kept?.state === "kept"}>
        <p class="line">
          <span class="kept">
            <Bag />
            {words("storage.allHere")}
          </span>
        </p>
        <Show when={props.bytesMissing > 0}>
          <Button look="soft" icon="get" wide onClick={resume}>
            {words("storage.keepMissing", { size: formatBytes(props.bytesMissing) })}
          </Button>
        </Show>
      </Match>
    </Switch>
  );
}
