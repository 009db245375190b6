import { formatDate } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import type { Draft } from "@mochila/shared/drafts/schema.ts";
import { Button } from "../ui/Button.tsx";
import { copyText } from "../ui/clipboard.ts";
import { useNow } from "../ui/now.ts";
import { showToast } from "../ui/toast.ts";

/** A note whose page the person no longer has: whole, to read and to take along. */
export function KeptNote(props: { note: Draft }) {
  const words = useWords();
  const now = useNow();
  const copy = async () => showToast(words((await copyText(props.note.body)) ? "outbox.copied" : "outbox.notCopied"));
  return (
    <div class="mb-4">
      <p class="small soft">{formatDate(props.note.createdAt, now())}</p>
      <blockquote class="quote-box said">{props.note.body}</blockquote>
      <Button look="soft" icon="copy" onClick={() => void copy()}>
        {words("outbox.copy")}
      </Button>
    </div>
  );
}
