import { fileAddress } from "./cache.ts";

export interface FileNetwork {
  accessToken(options: { renew: boolean }): Promise<string | null>;
}

export type Download = { readonly kind: "file"; readonly blob: Blob } | { readonly kind: "refused" } | { readonly kind: "unreachable" };

/** Gets one file. `refused`: there is none for this person; asking again does not help. */
export async function download(network: FileNetwork, fileId: string): Promise<Download> {
  try {
    const answer = await authorized(network, fileAddress(fileId), { method: "GET" });
    if (!answer) return { kind: "unreachable" };
    if (answer.ok) return { kind: "file", blob: await answer.blob() };
    await answer.body?.cancel();
    return { kind: [403, 404, 410].includes(answer.status) ? "refused" : "unreachable" };
  } catch {
    return { kind: "unreachable" };
  }
}

/** Asks once more with a new token where the server does not know the one it was given. Null: there is no session. */
export async function authorized(network: FileNetwork, path: string, init: RequestInit): Promise<Response | null> {
  const attempt = async (renew: boolean): Promise<Response | null> => {
    const token = await network.accessToken({ renew });
    if (token === null) return null;
    return fetch(path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` }, credentials: "omit", cache: "no-store" });
  };
  const answer = await attempt(false);
  return answer?.status === 401 ? attempt(true) : answer;
}
