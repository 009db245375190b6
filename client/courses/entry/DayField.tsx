import { createSignal } from "solid-js";
import { Field } from "../../ui/Field.tsx";
import { useNow } from "../../ui/now.ts";
import { endOfDay, writeDay } from "./day.ts";
import { said } from "./words.ts";

/** A day that is still to come, to its last moment where the person is; empty: none. Refused, it stands again as it was. */
export function DayField(props: { label: string; hint?: string; value: number | null; onChoose: (instant: number | null) => Promise<unknown> }) {
  const now = useNow();
  const [past, setPast] = createSignal(false);
  const shown = () => (props.value === null ? "" : writeDay(props.value));
  const choose = async (field: HTMLInputElement) => {
    const instant = endOfDay(field.value);
    setPast(instant !== null && instant <= now());
    if (past()) return;
    await props.onChoose(instant);
    field.value = shown();
  };
  return <Field type="date" label={props.label} hint={props.hint} error={past() ? said("entry.dayPast") : undefined} value={shown()} onChange={(event) => void choose(event.currentTarget)} />;
}
