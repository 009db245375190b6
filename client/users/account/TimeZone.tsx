import { createSignal, Show } from "solid-js";
import { useApp } from "../../app-parts.ts";
import { language } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { Choice } from "../../ui/Field.tsx";
import { useNow } from "../../ui/now.ts";
import { deviceTimeZone } from "../../ui/time-zone.ts";
import { showToast } from "../../ui/toast.ts";
import { useUser } from "../queries.ts";
import { said } from "./words.ts";

const timeIn = (at: number, timeZone: string): string => new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "es", { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone }).format(at);

/** Where I am, for days and hours that the school writes to me. Said aloud when this device is somewhere else. */
export function TimeZone() {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  const now = useNow();
  const [refused, setRefused] = createSignal(false);
  const chosen = () => user().timeZone ?? deviceTimeZone();
  const zones = () => [...new Set([chosen(), deviceTimeZone(), ...Intl.supportedValuesOf("timeZone")])].sort().map((value) => ({ value, label: value.replaceAll("_", " ") }));
  const change = async (timeZone: string) => {
    setRefused(false);
    const sent = await session.changeProfile({ timeZone }).catch(() => null);
    setRefused(sent === null);
    if (sent !== null) showToast(sent ? said("account.timeZoneSaved") : words("users.savedHere"));
  };
  return (
    <section class="section" aria-labelledby="time-zone">
      <div class="section-head">
        <h2 id="time-zone">{said("account.timeZoneTitle")}</h2>
      </div>
      <p class="soft mb-4">{said("account.timeZoneText")}</p>
      <Choice label={said("account.timeZone")} value={chosen()} options={zones()} onChoose={change} hint={refused() ? said("account.timeZoneRefused") : undefined} />
      <Show when={timeIn(now(), chosen()) !== timeIn(now(), deviceTimeZone())}>
        <p role="status">{said("account.timeZoneDiffers", { there: timeIn(now(), chosen()), here: timeIn(now(), deviceTimeZone()) })}</p>
      </Show>
    </section>
  );
}
