import { fieldChanges } from "../fields/field-changes.ts";
import { formatDateTime } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import type { RescuedWork, WaysOut } from "../person.ts";
import { refusalOf, type WorkKind, workKind } from "./entry-words.ts";

/** Field by field: `after` is the person's, `before` what stands instead. */
export const changesOf = ({ theirs = null, fields }: RescuedWork) => fieldChanges(theirs, fields);

/** All that the person wrote, as one text. */
export function textOf(work: RescuedWork): string {
  const changes = changesOf(work);
  if (changes.length === 0) return work.text;
  return changes.map(({ label, after }) => (changes.length === 1 ? after : `${label}: ${after}`)).join("\n");
}

/** Nobody but the person writes these. */
const OWN_KINDS: readonly WorkKind[] = ["note", "progress"];

/** Why it was not taken, by what can be done about it now, where that is known. */
export function useReason() {
  const words = useWords();
  return (work: RescuedWork, ways?: WaysOut): string => {
    const refusal = refusalOf(work.code);
    if (refusal === "forbidden" && ways?.inCourse === false) return words("outbox.refusal_left");
    if (refusal === "forbidden" && ways?.send) return words("outbox.refusal_forbiddenThen");
    if (refusal === "replaced" && OWN_KINDS.includes(workKind(work))) return words("outbox.refusal_replacedByYou");
    return words(`outbox.refusal_${refusal}`);
  };
}

/** A piece as it is written into a file. */
interface ExportedPiece {
  readonly work: RescuedWork;
  readonly name: string;
  readonly ways: WaysOut;
}

/** All pieces as one text for people: what it is, why it was not taken, and every word. */
export function useExport() {
  const words = useWords();
  const reason = useReason();
  return (pieces: readonly ExportedPiece[], now: number): string =>
    pieces
      .map(({ work, name, ways }) => {
        const title = [words(`outbox.rescued_${workKind(work)}`), name].filter(Boolean).join(": ");
        const when = words("outbox.written", { when: formatDateTime(work.writtenAt ?? work.at, now) });
        const other = work.theirs ? changesOf(work).map(({ label, before }) => `${words("outbox.theirs", { field: label })}:\n${before}`) : [];
        return [title, `${reason(work, ways)} ${when}`, textOf(work), ...other].filter(Boolean).join("\n\n");
      })
      .join("\n\n———\n\n");
}
