import { createEffect, type JSX } from "solid-js";
import { chooseLanguage, language, languageNames } from "../i18n/language.ts";
import { Brand, Icon } from "../ui/Icon.tsx";
import { DoorWeave } from "../ui/Weave.tsx";

/** The page in front of the app: cloth, brand, a form, and the other language at the foot. */
export function Door(props: { title: string; children: JSX.Element }) {
  const other = () => (language() === "en" ? "es" : "en");
  createEffect(() => {
    document.title = `${props.title} · Mochila`;
  });
  return (
    <div class="door">
      <DoorWeave />
      <main class="door-form" id="main">
        <p class="brand mb-4">
          <Brand />
        </p>
        <h1>{props.title}</h1>
        {props.children}
      </main>
      <footer class="line door-foot">
        <button type="button" class="btn btn-bare" lang={other()} onClick={() => chooseLanguage(other())}>
          <Icon name="languages" />
          {languageNames[other()]}
        </button>
      </footer>
    </div>
  );
}
