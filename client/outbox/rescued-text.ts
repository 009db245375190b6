import { fieldChanges } from "../fields/field-changes.ts";
import { formatDateTime } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import type { RescuedWork } from "../person.ts";
import { refusalOf, workKind } from "./entry-words.ts";

/** Field by field: `after` is the person's, `before` what stands instead. */
export const changesOf = ({ theirs = null, fields }: RescuedWork) => fieldChanges(theirs, fields);

/** All that the person wrote, as one text. */
export function textOf(work: RescuedWork): string {
  const changes = changesOf(work);
  if (changes.length === 0) return work.text;
  return changes.map(({ label, after }) => (changes.length === 1 ? after : `${label}: ${after}`)).join("\n");
}

/** Why it was not taken. `inCourse`: whether the person is in its course now, where that is known. */
export function useReason() {
  const words = useWords();
  return ({ code }: RescuedWork, inCourse?: boolean): string => {
    const refusal = refusalOf(code);
    return words(refusal === "forbidden" && inCourse === false ? "outbox.refusal_left" : `outbox.refusal_${refusal}`);
  };
}

/** All pieces as one text for people: what it is, why it was not taken, and every word. */
export function useExport() {
  const words = useWords();
  const reason = useReason();
  return (pieces: readonly { work: RescuedWork; name: string }[], now: number): string =>
    pieces
      .map(({ work, name }) => {
        const title = [words(`outbox.rescued_${workKind(work)}`), name].filter(Boolean).join(": ");
        const when = words("outbox.written", { when: formatDateTime(work.writtenAt ?? work.at, now) });
        const other = work.theirs ? changesOf(work).map(({ label, before }) => `${words("outbox.theirs", { field: label })}:\n${before}`) : [];
        return [title, `${reason(work)} ${when}`, textOf(work), ...other].filter(Boolean).join("\n\n");
      })
      .join("\n\n———\n\n");
}
