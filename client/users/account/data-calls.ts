import { CodedError } from "@mochila/shared/errors.ts";
import { ClosingAsked, Closure, DataExportState } from "@mochila/shared/users/own-data.ts";
import { useAsk } from "../own-calls.ts";

const EXPORT = "/api/me/data-export";
const CLOSURE = "/api/me/closure";

/** What a person asks of the school about their own data. Each throws CodedError. */
export function useDataCalls() {
  const ask = useAsk();
  const stateIn = async (answer: Response) => DataExportState.parse(await answer.json()).export;
  return {
    copy: async () => stateIn(await ask(EXPORT)),
    askForCopy: async (password: string) => stateIn(await ask(EXPORT, "POST", { password })),
    removeCopy: () => ask(EXPORT, "DELETE"),
    /** The whole file; `onShare` hears how much of it is here, between 0 and 1. */
    file: async (signal: AbortSignal, onShare: (share: number) => void): Promise<Blob> => {
      const answer = await ask(`${EXPORT}/file`, "GET", undefined, signal);
      const length = Number(answer.headers.get("content-length"));
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      let bytes = 0;
      const reader = answer.body?.getReader();
      for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
        chunks.push(read.value);
        bytes += read.value.length;
        onShare(length > 0 ? bytes / length : 0);
      }
      if (bytes !== length) throw new CodedError("unavailable", "the file is not whole");
      return new Blob(chunks, { type: "application/zip" });
    },
    closure: async () => Closure.parse(await (await ask(CLOSURE)).json()),
    close: async (password: string) => ClosingAsked.parse(await (await ask(CLOSURE, "POST", { password })).json()),
  };
}

export type DataCalls = ReturnType<typeof useDataCalls>;
