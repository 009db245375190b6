import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Route } from "../http/route.ts";
import { ALWAYS, type Permission, type Relation } from "./declaration.ts";
import { declarations, routeOf } from "./declarations.ts";
import type { Caller } from "./test-callers.ts";
import { isAllowed, requestOf, type Sent, tell } from "./test-requests.ts";
import { openSchool, type School } from "./test-school.ts";

let school: School;
beforeAll(async () => {
  school = await openSchool();
});
afterAll(() => school.application.close());

const useOf = (route: Route): [string, Permission] => Object.entries(declarations).find(([use]) => routeOf(use) === `${route.method} ${route.path}`) ?? ["", { may: {} }];

/** A request that is let through where anybody's is, with all that its sender's browser adds by itself. */
function likeliest(route: Route): { sent: Sent; caller: Caller } {
  const [use, permission] = useOf(route);
  const cells = school.callers.flatMap((caller) => (permission.on ?? ALWAYS).map((relation): { caller: Caller; relation: Relation } => ({ caller, relation })));
  const cell = cells.find((one) => one.caller.signedIn && isAllowed(school, permission, one)) ?? cells.find((one) => isAllowed(school, permission, one)) ?? cells.find((one) => one.caller.self === "administrator" && one.caller.signedIn);
  if (!cell) throw new Error(`nobody calls ${use}`);
  return { sent: requestOf(use, permission.send?.(school.placeOf(cell.caller, cell.relation), school.facts) ?? {}, cell.caller), caller: cell.caller };
}

function without({ headers }: Sent, ...names: string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

const fromElsewhere = (sent: Sent): Record<string, Record<string, string>> => ({
  "another origin": { ...sent.headers, origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  "another origin, no word of the site": { ...without(sent, "sec-fetch-site"), origin: "https://evil.example" },
  "our name and another port": { ...without(sent, "sec-fetch-site"), origin: "http://localhost:9999" },
  "no origin (a sandbox)": { ...sent.headers, origin: "null", "sec-fetch-site": "cross-site" },
  "no header of the origin, another site": { ...without(sent, "origin"), "sec-fetch-site": "cross-site" },
  "no header of the origin, a sister": { ...without(sent, "origin"), "sec-fetch-site": "same-site" },
  "a form": { ...sent.headers, origin: "https://evil.example", "sec-fetch-site": "cross-site", "content-type": "application/x-www-form-urlencoded" },
});

const sharing = (headers: Headers): string[] => [...headers.keys()].filter((name) => name.startsWith("access-control-"));

test("AZ3 nothing that changes something is reached from another site, whatever the browser sends along", async () => {
  const problems: string[] = [];
  let tried = 0;
  for (const route of school.application.app.routes.filter(({ method }) => method !== "GET" && method !== "HEAD")) {
    const { sent, caller } = likeliest(route);
    for (const [name, headers] of Object.entries(fromElsewhere(sent))) {
      const told = await tell(school, { ...sent, headers }, { caller });
      tried += 1;
      if (told.code !== "wrong_origin" || told.wrote || sharing(told.headers).length > 0) problems.push(`${route.method} ${route.path}, ${name}: ${told.status} ${told.code} ${told.wrote ? "wrote" : ""} ${sharing(told.headers).join()}`);
    }
    if (route.access === "cookie") {
      const told = await tell(school, { ...sent, headers: without(sent, "x-lms") }, { caller });
      tried += 1;
      if (told.code !== "wrong_origin" || told.wrote) problems.push(`${route.method} ${route.path} without X-LMS: ${told.status} ${told.code}`);
    }
    if (typeof sent.body === "string" && route.reads !== "raw") {
      const told = await tell(school, { ...sent, headers: { ...sent.headers, "content-type": "text/plain" } }, { caller });
      tried += 1;
      if (told.code !== "wrong_type" || told.wrote) problems.push(`${route.method} ${route.path} as text/plain: ${told.status} ${told.code}`);
    }
  }
  console.log(`requests from other sites: ${tried}`);
  expect(problems).toEqual([]);
}, 240_000);

/** Reading that is in the log of what was done. */
const NOTED = new Set(["GET /api/admin/people.csv", "GET /api/me/data-export/file"]);

test("AZ3 no answer is shared with another site, and reading changes nothing", async () => {
  const problems: string[] = [];
  for (const route of school.application.app.routes) {
    const { sent, caller } = likeliest(route);
    const asked = { ...sent.headers, origin: "https://evil.example", "access-control-request-method": route.method, "access-control-request-headers": "authorization, x-lms" };
    const preflight = await tell(school, { ...sent, method: "OPTIONS", body: null, headers: asked }, { caller });
    if (sharing(preflight.headers).length > 0 || preflight.wrote) problems.push(`OPTIONS ${route.path}: ${preflight.status} ${sharing(preflight.headers).join()}`);
    if (route.method !== "GET") continue;
    const read = await tell(school, { ...sent, headers: { ...sent.headers, origin: "https://evil.example", "sec-fetch-site": "cross-site" } }, { caller });
    if (sharing(read.headers).length > 0) problems.push(`GET ${route.path} is shared: ${sharing(read.headers).join()}`);
    if (read.wrote && !NOTED.has(`GET ${route.path}`)) problems.push(`GET ${route.path} wrote into the database`);
  }
  expect(problems).toEqual([]);
}, 240_000);

/** The status of an upgrade to a socket; 101: it is open. */
async function upgraded(port: number, path: string, origin: string): Promise<number> {
  const asking = request({ host: "127.0.0.1", port, path, headers: { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13", "sec-websocket-key": "bW9jaGlsYSBtb2NoaWxhIQ==", origin } });
  asking.end();
  const status = await Promise.race([once(asking, "response").then(([answer]) => (answer as { statusCode: number }).statusCode), once(asking, "upgrade").then(() => 101)]);
  asking.destroy();
  return status;
}

test("AZ3 the socket of a room opens for our own pages only", async () => {
  const server = createServer();
  school.application.app.attachUpgrade(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const path = `/collab/page:${school.placeOf(school.callers[0] as Caller, "own").pageId}:en?ticket=none`;
  const statuses = await Promise.all(["https://evil.example", "null", `http://127.0.0.1:${port + 1}`, `https://127.0.0.1:${port}.evil.example`, ""].map((origin) => upgraded(port, path, origin)));
  expect(statuses).toEqual([403, 403, 403, 403, 403]);
  // Who comes from us is asked for the ticket inside.
  expect(await upgraded(port, path, `http://127.0.0.1:${port}`)).toBe(101);
  server.close();
});
