import { createSignal, For, Show } from "solid-js";
import type { CourseEntry, WaitingLine } from "@mochila/shared/courses/entry.ts";
import { formatAgo } from "../../i18n/formats.ts";
import { Menu } from "../../ui/Menu.tsx";
import { useNow } from "../../ui/now.ts";
import { showToast } from "../../ui/toast.ts";
import { Confirm } from "../../ui/Confirm.tsx";
import { createNoLetters } from "../../users/account/letter-way.ts";
import type { Entry } from "./entry-calls.ts";
import { withSeats } from "./seats.ts";
import { said } from "./words.ts";
import { FromSchool } from "./WaysIn.tsx";

/** Who waits for a seat, in the order in which they come in. */
export function Waiting(props: { source: Entry }) {
  const now = useNow();
  const noLetters = createNoLetters();
  const [leaving, setLeaving] = createSignal<WaitingLine | null>(null);
  const say = async (work: Promise<CourseEntry>, sentence: (after: CourseEntry) => string) => {
    const after = await work.catch(() => null);
    showToast(after ? sentence(after) : said("entry.problem"));
  };
  const letIn = (line: WaitingLine) => void say(props.source.letIn(line.userId), (after) => withSeats(said("entry.letInDone", { name: line.name }), after));
  const sendAway = async () => {
    const line = leaving();
    if (line) await say(props.source.sendAway(line.userId), () => said("entry.sentAway", { name: line.name }));
  };
  return (
    <FromSchool source={props.source}>
      {() => (
        <>
          <p class="soft mb-4">{said(noLetters() ? "entry.waitingIntroHere" : "entry.waitingIntro")}</p>
          <Show when={props.source.entry()?.waiting.length} fallback={<p>{said("entry.waitingNone")}</p>}>
            <ol class="rows">
              <For each={props.source.entry()?.waiting}>
                {(line, index) => (
                  <li class="row" data-waiting={line.userId}>
                    <span class="face" aria-hidden="true">
                      {index() + 1}
                    </span>
                    <span class="row-main">
                      <span class="row-title">{line.name}</span>
                      <span class="row-meta">
                        <span>{said("entry.waitingSince", { when: formatAgo(line.since, now()) })}</span>
                      </span>
                    </span>
                    <span class="row-end">
                      <Menu
                        label={said("entry.actionsFor", { name: line.name })}
                        entries={[
                          { icon: "check", text: said("entry.letIn"), run: () => letIn(line) },
                          { icon: "trash", text: said("entry.sendAway"), run: () => setLeaving(line) },
                        ]}
                      />
                    </span>
                  </li>
                )}
              </For>
            </ol>
          </Show>
          <Confirm open={leaving() !== null} title={said("entry.sendAwayTitle", { name: leaving()?.name ?? "" })} text={said("entry.sendAwayText")} action={said("entry.sendAway")} onDo={sendAway} onClose={() => setLeaving(null)} />
        </>
      )}
    </FromSchool>
  );
}
