import { ALWAYS, type Declaration } from "./declaration.ts";

/** For who runs the server, and what describes it: sync-server/http, sync-server/mail. */
export const operator: Declaration = {
  "GET /healthz": { may: { anyone: ALWAYS } },
  "GET /readyz": { may: { anyone: ALWAYS } },
  "GET /metrics": { may: { operator: ALWAYS }, strangers: "forbidden" },
  // Letters with links in them: only on a server that only its own machine reaches, and there too not for who comes through a gateway.
  "GET /api/dev/mail": { may: { operator: ALWAYS }, strangers: "forbidden" },
  "GET /api/openapi.json": { may: { anyone: ALWAYS } },
  "GET /api/docs": { may: { anyone: ALWAYS } },
};
