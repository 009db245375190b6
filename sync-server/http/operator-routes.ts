import { CodedError } from "@mochila/shared/errors.ts";
import type { Metrics } from "./metrics.ts";
import { type Route, route } from "./route.ts";

export interface OperatorDependencies {
  readonly metrics: Metrics;
  /** Resolves when requests can be served: the stores answer and are migrated. Rejects with why not. */
  checkReady(): Promise<void>;
}

const READY_RETRY_MS = 1_000;

/** For those who run the server: is it alive, can it serve, how is it. */
export function operatorRoutes({ metrics, checkReady }: OperatorDependencies): Route[] {
  return [
    route({ method: "GET", path: "/healthz", access: "public", summary: "The process lives", handle: () => Promise.resolve({ status: "ok" }) }),
    route({
      method: "GET", path: "/readyz", access: "public", summary: "The server can serve",
      handle: async () => {
        await checkReady().catch((cause: unknown) => {
          throw Object.assign(new CodedError("unavailable", "The database is away.", { retryAfterMs: READY_RETRY_MS }), { cause });
        });
        return { status: "ready" };
      },
    }),
    route({
      method: "GET", path: "/metrics", access: "operator", summary: "Counts and gauges for Prometheus",
      handle: async () => new Response(await metrics.text(), { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } }),
    }),
  ];
}
