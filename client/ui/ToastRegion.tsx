import { Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { currentToast, dismissToast } from "./toast.ts";

/** Always in the page, so that screen readers notice what appears in it. */
export function ToastRegion() {
  const words = useWords();
  return (
    <div role="status" aria-live="polite" class="toast-region">
      <Show when={currentToast()} keyed>
        {(toast) => (
          <div class="toast">
            <span>{toast.text}</span>
            <Show when={toast.undo}>
              {(undo) => (
                <button
                  type="button"
                  class="btn"
                  onClick={() => {
                    undo()();
                    dismissToast();
                  }}
                >
                  {words("shell.undo")}
                </button>
              )}
            </Show>
          </div>
        )}
      </Show>
    </div>
  );
}
