import { For, onCleanup, onMount, Show } from "solid-js";
import { Portal } from "solid-js/web";
import type { HandedLink } from "@mochila/shared/admin/links.ts";
import { QrCode } from "../../ui/QrCode.tsx";
import { said } from "./words.ts";

/** Each picture takes a phone a moment; who prints more than a school of a village has the table. */
const PICTURES_MAX = 500;

/** The same links on paper, a strip for each person, to be cut apart. Stands beside the app and only in print. */
export function Sheet(props: { links: readonly HandedLink[]; until: string }) {
  onMount(() => document.body.classList.add("prints-paper"));
  onCleanup(() => document.body.classList.remove("prints-paper"));
  return (
    <Portal ref={(element) => (element.className = "on-paper")}>
      <ul>
        <For each={props.links}>
          {({ name, email, link }) => (
            <li>
              <Show when={props.links.length <= PICTURES_MAX}>
                <QrCode text={link} label={said("links.qr", { name })} />
              </Show>
              <p>
                <strong>{name}</strong> · {email}
                <br />
                {said("links.sheet", { when: props.until })}
                <br />
                <span class="address">{link}</span>
              </p>
            </li>
          )}
        </For>
      </ul>
    </Portal>
  );
}
