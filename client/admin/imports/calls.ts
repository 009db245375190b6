import { type ImportLine, ImportLines, type ImportLinesQuery, IMPORT_FILE_NAME_CHARACTERS_MAX, PeopleImport, PeopleImports } from "@mochila/shared/admin/people-import.ts";
import { deviceTimeZone } from "../../ui/time-zone.ts";
import { useAsk } from "../../users/own-calls.ts";

const BASE = "/api/admin/imports";
const REPORT_PAGE = "1000";

/** What an administrator asks about imports. Each throws CodedError. */
export function useImportCalls() {
  const ask = useAsk();
  const decide = async (id: string, what: "run" | "cancel" | "undo", body: unknown = {}) => PeopleImport.parse(await (await ask(`${BASE}/${id}/${what}`, "POST", body)).json());
  const lines = async (id: string, query: ImportLinesQuery) => ImportLines.parse(await (await ask(`${BASE}/${id}/lines?${new URLSearchParams(query as Record<string, string>).toString()}`)).json());
  return {
    list: async () => PeopleImports.parse(await (await ask(BASE)).json()).imports,
    check: async (file: File) =>
      PeopleImport.parse(await (await ask(`${BASE}?${new URLSearchParams({ name: file.name.slice(0, IMPORT_FILE_NAME_CHARACTERS_MAX), timeZone: deviceTimeZone() }).toString()}`, "POST", new Blob([await file.arrayBuffer()]))).json()),
    read: async (id: string) => PeopleImport.parse(await (await ask(`${BASE}/${id}`)).json()),
    lines,
    allLines: async (id: string): Promise<ImportLine[]> => {
      const all: ImportLine[] = [];
      for (let more = true; more; ) {
        const last = all.at(-1)?.line;
        const page = await lines(id, { most: REPORT_PAGE, ...(last !== undefined && { after: String(last) }) });
        all.push(...page.lines);
        more = page.more;
      }
      return all;
    },
    run: (id: string, invites: boolean) => decide(id, "run", { invites }),
    cancel: (id: string) => decide(id, "cancel"),
    undo: (id: string) => decide(id, "undo"),
  };
}

export type ImportCalls = ReturnType<typeof useImportCalls>;
