import { errorCauses } from "@mochila/shared/error-causes.ts";
import { ErrorBody } from "@mochila/shared/error-body.ts";
import * as z from "zod/mini";
import { PLAIN_PAGE_POLICY } from "./headers.ts";
import { escapeHtml } from "./html.ts";
import { type Route, route } from "./route.ts";

const schemaOf = (schema: z.ZodMiniType | undefined, io: "input" | "output"): unknown =>
  schema ? z.toJSONSchema(schema, { target: "draft-2020-12", unrepresentable: "any", io }) : {};

/** `/api/items/:id` in the words of OpenAPI. */
const templateOf = (path: string): string => path.replaceAll(/:(\w+)(\{[^}]*\})?/g, "{$1}");

function describe({ method, path, access, summary, body, query, answer, bytesMax, acting }: Route): Record<string, unknown> {
  const fields = query ? ((schemaOf(query, "input") as { properties?: Record<string, unknown>; required?: string[] }) ?? {}) : {};
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...Object.entries(fields.properties ?? {}).map(([name, schema]) => ({ name, in: "query", required: fields.required?.includes(name) ?? false, schema })),
  ];
  return {
    operationId: `${method.toLowerCase()} ${path}`,
    summary,
    "x-access": access,
    ...(acting === undefined ? {} : { "x-acting": acting }),
    ...(bytesMax === undefined ? {} : { "x-bytes-max": bytesMax }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: schemaOf(body, "input") } } } } : {}),
    ...(access === "person" || access === "administrator" ? { security: [{ accessToken: [] }] } : {}),
    ...(access === "cookie" ? { security: [{ refreshCookie: [] }] } : {}),
    responses: {
      ...(answer ? { 200: { description: "done", content: { "application/json": { schema: schemaOf(answer, "output") } } } } : { "2XX": { description: "done" } }),
      default: { description: "refused or failed", content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } } },
    },
  };
}

/** The description of every address, made from the route table itself, so that it cannot say something else. */
export function openApiDocument(routes: readonly Route[]): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const line of routes) (paths[templateOf(line.path)] ??= {})[line.method.toLowerCase()] = describe(line);
  return {
    openapi: "3.1.0",
    info: { title: "Mochila", version: "1", description: Object.entries(errorCauses).map(([code, { status, cause }]) => `${code} (${status}): ${cause}`).join("\n") },
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorBody, "output") },
      securitySchemes: {
        accessToken: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
        refreshCookie: { type: "apiKey", in: "cookie", name: "__Host-rt" },
      },
    },
  };
}


function docsPage(routes: readonly Route[]): string {
  const sections = routes.map(({ method, path, access, summary, body, answer }) => {
    const part = (title: string, schema: z.ZodMiniType | undefined, io: "input" | "output") =>
      schema ? `<details><summary>${title}</summary><pre>${escapeHtml(JSON.stringify(schemaOf(schema, io), null, 2))}</pre></details>` : "";
    return `<section><h2><code>${method} ${escapeHtml(path)}</code></h2><p>${escapeHtml(summary)}. For: ${access}.</p>${part("Request", body, "input")}${part("Answer", answer, "output")}</section>`;
  });
  const codes = Object.entries(errorCauses).map(([code, { status, cause }]) => `<tr><td><code>${code}</code></td><td>${status}</td><td>${escapeHtml(cause)}</td></tr>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mochila: API</title></head><body><main><h1>Mochila: API</h1>
<p>The same as <a href="/api/openapi.json">OpenAPI</a>.</p>${sections.join("\n")}<section><h2>Errors</h2><table><thead><tr><th>Code</th><th>Status</th><th>Cause</th></tr></thead><tbody>${codes.join("")}</tbody></table></section></main></body></html>`;
}

/** The routes that describe all routes, themselves included. */
export function openApiRoutes(table: () => readonly Route[]): Route[] {
  return [
    route({ method: "GET", path: "/api/openapi.json", access: "public", summary: "This description as OpenAPI 3.1", handle: () => Promise.resolve(openApiDocument(table())) }),
    route({
      method: "GET", path: "/api/docs", access: "public", summary: "This description as a page",
      handle: () => Promise.resolve(new Response(docsPage(table()), { headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": PLAIN_PAGE_POLICY } })),
    }),
  ];
}
