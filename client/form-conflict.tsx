import type { FormConflict } from "./db/hold-form.ts";
import { useWords } from "./i18n/words.ts";
import { Button } from "./ui/Button.tsx";
import { Empty } from "./ui/Notice.tsx";

/** The whole screen while two versions of the app stand in each other's way: nothing was moved, nothing is lost. */
export function FormConflictView(props: { reason: FormConflict["reason"]; retry: () => void }) {
  const words = useWords();
  const isNewer = () => props.reason === "newer";
  return (
    <main class="main" id="main">
      <Empty
        title={words(isNewer() ? "shell.newerTitle" : "shell.otherTabsTitle")}
        action={<Button onClick={() => (isNewer() ? location.reload() : props.retry())}>{words("shell.tryAgain")}</Button>}
      >
        {words(isNewer() ? "shell.newer" : "shell.otherTabs")}
      </Empty>
    </main>
  );
}
