import { useParams } from "@solidjs/router";
import { Show } from "solid-js";
import { Page } from "../../ui/Page.tsx";
import { useImportCalls } from "./calls.ts";
import { ChooseFile } from "./ChooseFile.tsx";
import { OneImport } from "./OneImport.tsx";
import { said } from "./words.ts";
import { said as adminSaid } from "../words.ts";
import "../../ui/lists.css";
import "../admin.css";

/** People from a table: choose a file, see what each line would do, do it, take it back. */
export default function ImportView() {
  const params = useParams<{ id?: string }>();
  const calls = useImportCalls();
  const crumbs = () => [{ href: "/admin/people", label: adminSaid("admin.people") }, ...(params.id === undefined ? [] : [{ href: "/admin/import", label: said("imports.link") }])];
  return (
    <Page title={said("imports.title")} crumbs={crumbs()}>
      <Show when={params.id} keyed fallback={<ChooseFile calls={calls} />}>
        {(id) => <OneImport id={id} calls={calls} />}
      </Show>
    </Page>
  );
}
