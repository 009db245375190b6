import { A } from "@solidjs/router";
import { Match, Show, Switch } from "solid-js";
import type { CourseSummary } from "../courses/course-summary.ts";
import { formatBytes } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { IconButton } from "../ui/Button.tsx";
import { Bag } from "../ui/Icon.tsx";
import { Meter } from "../ui/Progress.tsx";
import { Tile } from "../ui/Weave.tsx";
import { useStorageActions } from "./actions.ts";
import { type CourseRoom, useKept } from "./queries.ts";

interface CourseRoomRowProps {
  readonly summary: CourseSummary;
  readonly room: CourseRoom | undefined;
  readonly onRelease: () => void;
}

/** One course: what it takes, what is missing, and get, pause, go on, free. */
export function CourseRoomRow(props: CourseRoomRowProps) {
  const words = useWords();
  const actions = useStorageActions();
  const kept = useKept(() => props.summary.id);
  const name = () => props.summary.title?.value ?? "";
  const getting = () => kept()?.state === "getting" || kept()?.state === "paused" || kept()?.state === "failed";
  const share = () => {
    const now = kept();
    return now && now.bytesAll > 0 ? now.bytesDone / now.bytesAll : 0;
  };
  return (
    <div class="row">
      <Tile id={props.summary.id} />
      <div class="row-main">
        <A class="row-title said plain-link" href={`/courses/${props.summary.id}`} lang={props.summary.title?.lang}>
          {name()}
        </A>
        <span class="row-meta">
          <Show when={getting()} fallback={<span>{words("storage.pagesHere", { here: props.room?.pagesHere ?? 0, all: props.room?.pages ?? 0 })}</span>}>
            <span class="num">{words("storage.ofBytes", { done: formatBytes(kept()?.bytesDone ?? 0), all: formatBytes(kept()?.bytesAll ?? 0) })}</span>
          </Show>
          <Show when={kept()?.state === "kept"}>
            <span class="kept">
              <Bag />
              {words("storage.complete")}
            </span>
          </Show>
          <Show when={!getting() && (props.room?.bytesMissing ?? 0) > 0}>
            <span>{words("storage.missingFact", { size: formatBytes(props.room?.bytesMissing ?? 0) })}</span>
          </Show>
        </span>
        <Show when={getting()}>
          <Meter share={share()} label={words("storage.getting")} />
        </Show>
      </div>
      <span class="row-end">
        <span class="num">{formatBytes(props.room?.bytesHere ?? 0)}</span>
        <Switch>
          <Match when={kept()?.state === "getting"}>
            <IconButton icon="pause" label={words("storage.pauseCourse", { name: name() })} onClick={() => void actions.pause(props.summary.id)} />
          </Match>
          <Match when={getting()}>
            <IconButton icon="play" label={words("storage.resumeCourse", { name: name() })} onClick={() => void actions.resume(props.summary.id)} />
          </Match>
          <Match when={(props.room?.bytesMissing ?? 0) > 0 || !kept()}>
            <IconButton icon="get" label={words("storage.keepCourse", { name: name(), size: formatBytes(props.room?.bytesMissing ?? 0) })} onClick={() => void actions.keep(props.summary.id)} />
          </Match>
        </Switch>
        <Show when={(props.room?.mediaHere ?? 0) > 0}>
          <IconButton icon="trash" label={words("storage.release", { name: name(), size: formatBytes(props.room?.mediaHere ?? 0) })} onClick={() => props.onRelease()} />
        </Show>
      </span>
    </div>
  );
}
