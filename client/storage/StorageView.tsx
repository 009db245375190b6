import { createSignal, For, Show } from "solid-js";
import type { CourseSummary } from "../courses/course-summary.ts";
import { useCourseSummaries } from "../courses/queries.ts";
import { formatBytes } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Empty } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { useStorageActions } from "./actions.ts";
import { CourseRoomRow } from "./CourseRoomRow.tsx";
import { type Storage, useCourseRooms, useStorage } from "./queries.ts";

/** Widths of the bar in hundredths; what is there at all is seen. */
const BAR = 100;
const LEAST = 1.5;
const GAP = 0.5;

function RoomBar(props: { storage: Storage }) {
  const words = useWords();
  // The whole bar is all that this device gives: an almost empty bar means that there is plenty of room.
  const used = () => props.storage.text + props.storage.media;
  const all = () => Math.max(1, used(), props.storage.quota ?? 0);
  const free = () => formatBytes(all() - used());
  const width = (bytes: number) => (bytes > 0 ? Math.max(LEAST, (bytes / all()) * (BAR - GAP)) : 0);
  const [text, media] = [() => formatBytes(props.storage.text), () => formatBytes(props.storage.media)];
  return (
    <>
      <svg class="storage" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={words("storage.barLabel", { text: text(), media: media(), free: free() })}>
        <rect class="f-1" width={width(props.storage.text)} height="4" />
        <rect class="f-2" x={width(props.storage.text) + GAP} width={width(props.storage.media)} height="4" />
      </svg>
      <ul class="legend mt-2">
        <li>
          <span class="dot f-1" />
          {words("storage.textFact", { size: text() })}
        </li>
        <li>
          <span class="dot f-2" />
          {words("storage.mediaFact", { size: media() })}
        </li>
        <Show when={all() > used()}>
          <li>
            <span class="dot dot-free" />
            {words("storage.freeFact", { size: free() })}
          </li>
        </Show>
      </ul>
      <details class="as-table">
        <summary>{words("storage.asTable")}</summary>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{words("storage.what")}</th>
              <th scope="col" class="n">
                {words("storage.size")}
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{words("storage.texts")}</th>
              <td class="n">{text()}</td>
            </tr>
            <tr>
              <th scope="row">{words("storage.media")}</th>
              <td class="n">{media()}</td>
            </tr>
            <Show when={all() > used()}>
              <tr>
                <th scope="row">{words("storage.freeRoom")}</th>
                <td class="n">{free()}</td>
              </tr>
            </Show>
          </tbody>
        </table>
      </details>
    </>
  );
}

/** What is here, what it takes, and what to do about it. */
export default function StorageView() {
  const words = useWords();
  const storage = useStorage();
  const courses = useCourseSummaries();
  const rooms = useCourseRooms();
  const actions = useStorageActions();
  const [releasing, setReleasing] = createSignal<CourseSummary | null>(null);
  const close = () => setReleasing(null);
  const release = async () => {
    const summary = releasing();
    close();
    if (!summary) return;
    await actions.release(summary.id);
    showToast(words("storage.released", { name: summary.title?.value ?? "" }));
  };
  const free = () => {
    const known = storage();
    return known?.quota ? Math.max(0, known.quota - known.text - known.media) : null;
  };
  return (
    <Page title={words("storage.title")}>
      <div class="split">
        <div>
          <div class="title">
            <h1>{words("storage.title")}</h1>
            <p>
              <Show when={storage()}>{(known) => words("storage.uses", { size: formatBytes(known().text + known().media) })}</Show>
              <Show when={free()}>{(bytes) => <> {words("storage.free", { size: formatBytes(bytes()) })}</>}</Show>
            </p>
          </div>
          <Show when={storage()}>{(known) => <RoomBar storage={known()} />}</Show>
          <section class="section" aria-labelledby="rooms">
            <div class="section-head">
              <h2 id="rooms">{words("storage.courses")}</h2>
            </div>
            <Show when={courses()?.length !== 0} fallback={<Empty title={words("home.noCoursesTitle")}>{words("storage.nothing")}</Empty>}>
              <ul class="rows">
                <For each={courses()}>
                  {(summary) => (
                    <li>
                      <CourseRoomRow summary={summary} room={rooms()?.get(summary.id)} onRelease={() => setReleasing(summary)} />
                    </li>
                  )}
                </For>
              </ul>
            </Show>
          </section>
        </div>
        <aside aria-label={words("storage.title")}>
          <section class="section">
            <p class="small soft">{words("storage.textStays")}</p>
          </section>
        </aside>
      </div>
      <Dialog
        open={releasing() !== null}
        title={words("storage.releaseTitle")}
        onClose={close}
        onCancel={close}
        actions={
          <Button look="alert" onClick={() => void release()}>
            {words("storage.releaseYes")}
          </Button>
        }
      >
        <p class="said mb-4">{releasing()?.title?.value}</p>
        <p>{words("storage.releaseText", { size: formatBytes(rooms()?.get(releasing()?.id ?? "")?.mediaHere ?? 0) })}</p>
      </Dialog>
    </Page>
  );
}
