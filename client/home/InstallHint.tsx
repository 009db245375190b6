import { createSignal, Show } from "solid-js";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { deviceMemory } from "../ui/device-memory.ts";
import { Banner } from "../ui/Notice.tsx";

const DISMISSED_AS = "mochila-install-hint";

/** Offered once, where the browser can do it, and never again after a no. */
export function InstallHint() {
  const words = useWords();
  const { install } = useApp();
  const [dismissed, setDismissed] = createSignal(deviceMemory.read(DISMISSED_AS) !== null);
  const dismiss = () => {
    deviceMemory.write(DISMISSED_AS, "1");
    setDismissed(true);
  };
  return (
    <Show when={install.available() && !dismissed()}>
      <div class="section">
        <Banner icon="phone" role="info">
          <b>{words("home.installTitle")}</b>
          {words("home.install")}
          <div class="btns mt-2">
            <Button look="soft" onClick={() => void install.ask()}>
              {words("home.installYes")}
            </Button>
            <Button look="bare" onClick={dismiss}>
              {words("home.installNo")}
            </Button>
          </div>
        </Banner>
      </div>
    </Show>
  );
}
