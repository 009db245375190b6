import { Show } from "solid-js";
import type { CourseEntry } from "@mochila/shared/courses/entry.ts";
import { Banner } from "../../ui/Notice.tsx";
import { seatsBefore } from "./seats.ts";

/** Beside the button that adds so many students: whether there are seats for them. Nothing where there is no limit. */
export const SeatsNote = (props: { entry: CourseEntry | null | undefined; adding: number }) => (
  <Show when={seatsBefore(props.entry, props.adding)}>
    {(note) => (
      <div data-seats={note().isOver ? "over" : "free"}>
        <Show when={note().isOver} fallback={<p class="small soft mb-4">{note().text}</p>}>
          <Banner icon="warn">{note().text}</Banner>
        </Show>
      </div>
    )}
  </Show>
);
