import { For, Show } from "solid-js";
import type { CourseOffer } from "@mochila/shared/courses/entry.ts";
import { language } from "../../i18n/language.ts";
import { pick } from "../../i18n/localized.ts";
import { createAsked } from "../../ui/asked.ts";
import { Tile } from "../../ui/Weave.tsx";
import { useJoinCalls } from "./entry-calls.ts";
import { said } from "./words.ts";
import "../../ui/lists.css";

/** Courses in which somebody waits for a seat: they stand on no device before there is one. Nothing, where they wait for none or the school cannot be asked. */
export function OwnWaits(props: { onChoose: (offer: CourseOffer) => void }) {
  const calls = useJoinCalls();
  const { answer: waits } = createAsked(() => calls.own().then(({ courses }) => courses, () => []));
  return (
    <Show when={waits()?.length}>
      <section class="section" aria-labelledby="own-waits">
        <div class="section-head">
          <h2 id="own-waits">{said("entry.waitsTitle")}</h2>
        </div>
        <ul class="rows">
          <For each={waits()}>
            {(offer) => (
              <li>
                <button type="button" class="row row-button" data-waits={offer.courseId} onClick={() => props.onChoose(offer)}>
                  <Tile id={offer.courseId} />
                  <span class="row-main">
                    <span class="row-title said" lang={pick(offer.title, language())?.lang}>
                      {pick(offer.title, language())?.value}
                    </span>
                    <span class="row-meta">
                      <span>{said("entry.waitsPlace", { place: offer.place ?? 0 })}</span>
                    </span>
                  </span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}
