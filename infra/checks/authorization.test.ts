import { expect, test } from "vitest";
import { undeclared } from "@mochila/sync-server/authorization/declarations.ts";
import { readRoutes } from "@mochila/sync-server/authorization/test-application.ts";

test("AZ2 every route says who may call it, and nothing is said of a route that does not exist", async () => {
  expect(undeclared(await readRoutes())).toEqual([]);
});

test("AZ2 the check sees a new route and one that is gone", () => {
  const routes = [{ method: "GET", path: "/api/new", access: "person" }] as const;
  const told = undeclared(routes, { "GET /api/old (in a way)": { may: {} } });
  expect(told).toHaveLength(2);
  expect(told[0]).toContain(`"GET /api/new": { may: { person: ALWAYS } }`);
  expect(told[1]).toContain(`"GET /api/old"`);
});
