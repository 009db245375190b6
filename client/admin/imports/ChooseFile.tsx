import { A } from "@solidjs/router";
import { createSignal, For, Show } from "solid-js";
import { CSV_MARK, csvLine } from "@mochila/shared/kernel/csv.ts";
import { formatDateTime } from "../../i18n/formats.ts";
import { language } from "../../i18n/language.ts";
import { createAsked } from "../../ui/asked.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { useOnward } from "../../ui/onward.ts";
import { saveFile } from "../../users/save-file.ts";
import type { ImportCalls } from "./calls.ts";
import { refusalWords, said } from "./words.ts";

const samples = {
  en: [["email", "name", "surname", "role", "language", "course", "course role", "until"], ["nora@school.example", "Nora", "Núñez", "student", "en", "", "", ""], ["omar@school.example", "Omar", "Sy", "instructor", "en", "", "", ""]],
  es: [["correo", "nombre", "apellidos", "rol", "idioma", "curso", "rol en el curso", "hasta"], ["nora@escuela.example", "Nora", "Núñez", "estudiante", "es", "", "", ""], ["omar@escuela.example", "Omar", "Sy", "docente", "es", "", "", ""]],
} as const;

const saveSample = () => saveFile(new Blob([CSV_MARK, ...samples[language()].map(csvLine)], { type: "text/csv" }), said("imports.sampleName"));

const columns = ["howEmail", "howName", "howRole", "howLanguage", "howCourse", "howCourseRole", "howCourseEnd"] as const;

function How() {
  return (
    <details class="fold section">
      <summary>
        <Icon name="chevron-right" small flip />
        {said("imports.howTitle")}
      </summary>
      <div class="fold-part">
        <p>{said("imports.how")}</p>
        <ul class="points">
          <For each={columns}>{(column) => <li>{said(`imports.${column}`)}</li>}</For>
        </ul>
        <p class="mt-2">{said("imports.howPassword")}</p>
        <p class="mt-2">{said("imports.howMost")}</p>
        <p class="mt-4">
          <Button look="soft" icon="download" onClick={saveSample}>
            {said("imports.sample")}
          </Button>
        </p>
      </div>
    </details>
  );
}

function LastImports(props: { calls: ImportCalls }) {
  const now = useNow();
  const { answer: imports } = createAsked(() => props.calls.list().catch(() => []));
  return (
    <Show when={imports()?.length}>
      <section class="section" aria-labelledby="last">
        <div class="section-head">
          <h2 id="last">{said("imports.last")}</h2>
        </div>
        <ul class="rows">
          <For each={imports()}>
            {(one) => (
              <li>
                <A class="row" href={`/admin/import/${one.id}`}>
                  <Icon name="file" />
                  <span class="row-main">
                    <span class="row-title">{one.fileName}</span>
                    <span class="row-meta">
                      <span>{said(`imports.state_${one.state}`)}</span>
                      <span>{said("imports.lines", { count: one.lines })}</span>
                      <span>{said("imports.byAt", { by: one.by ?? said("imports.byNobody"), when: formatDateTime(one.at, now()) })}</span>
                    </span>
                  </span>
                  <Icon name="chevron-right" small flip />
                </A>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}

/** The beginning: a file, what it holds, and what was imported last. */
export function ChooseFile(props: { calls: ImportCalls }) {
  const onward = useOnward();
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal("");
  let input: HTMLInputElement | undefined;
  const take = async (file: File | undefined) => {
    if (!file) return;
    setBusy(true);
    setProblem("");
    try {
      const found = await props.calls.check(file);
      onward(`/admin/import/${found.id}`);
    } catch (error) {
      setProblem(refusalWords(error));
    }
    setBusy(false);
    // The same file, mended, can be chosen again.
    if (input) input.value = "";
  };
  return (
    <>
      <div class="title">
        <h1>{said("imports.title")}</h1>
        <p>{said("imports.intro")}</p>
      </div>
      <div role="alert">
        <Show when={problem()}>
          <Banner icon="circle-alert" role="alert">
            {problem()}
          </Banner>
        </Show>
      </div>
      <input class="unseen" type="file" tabindex={-1} aria-hidden="true" accept=".csv,.tsv,.txt,text/csv,text/plain,text/tab-separated-values" ref={(element) => (input = element)} onChange={(event) => void take(event.currentTarget.files?.[0])} />
      <Button icon="upload" busy={busy()} onClick={() => !busy() && input?.click()}>
        {busy() ? said("imports.reading") : said("imports.choose")}
      </Button>
      <How />
      <LastImports calls={props.calls} />
    </>
  );
}
