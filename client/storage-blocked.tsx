import { useWords } from "./i18n/words.ts";
import { Button } from "./ui/Button.tsx";
import { Empty } from "./ui/Notice.tsx";

/** The whole screen when the browser gives no storage: private mode, blocked by a setting, or a full disk. Nothing works without it. */
export function StorageBlocked() {
  const words = useWords();
  return (
    <main class="main" id="main">
      <Empty
        title={words("shell.storageBlockedTitle")}
        action={<Button onClick={() => location.reload()}>{words("shell.tryAgain")}</Button>}
      >
        {words("shell.storageBlocked")}
      </Empty>
    </main>
  );
}
