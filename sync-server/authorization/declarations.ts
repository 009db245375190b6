import type { Route } from "../http/route.ts";
import { activity } from "./activity.ts";
import { admin } from "./admin.ts";
import { collab } from "./collab.ts";
import { courses } from "./courses.ts";
import type { Declaration } from "./declaration.ts";
import { files } from "./files.ts";
import { imports } from "./imports.ts";
import { operator } from "./operator.ts";
import { ownData } from "./own-data.ts";
import { replication } from "./replication.ts";
import { secondFactor } from "./second-factor.ts";
import { users } from "./users.ts";

/** The whole matrix. */
export const declarations: Declaration = { ...users, ...secondFactor, ...ownData, ...replication, ...courses, ...files, ...collab, ...activity, ...admin, ...imports, ...operator };

/** `GET /api/x (in some way)` is a use of the route `GET /api/x`. */
export const routeOf = (use: string): string => use.replace(/ \(.*$/u, "");

const FOLDER = "sync-server/authorization";

/** One sentence for each route without a line, and each line without a route: what to do, and where. */
export function undeclared(routes: readonly Pick<Route, "method" | "path" | "access">[], declared: Declaration = declarations): string[] {
  const exist = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  const named = new Set(Object.keys(declared).map(routeOf));
  const missing = routes.filter(({ method, path }) => !named.has(`${method} ${path}`)).map(({ method, path, access }) =>
    `The route "${method} ${path}" does not say who may call it. Add a line for it to the file of its feature in ${FOLDER}/ (a new file goes into ${FOLDER}/declarations.ts), such as\n` +
    `    "${method} ${path}": { may: { ${access === "administrator" ? "administrator" : "person"}: ALWAYS } },\n` +
    `  and with an object: { may: { instructor: EXISTING }, on: relations, send: ({ courseId }) => ({ params: { id: courseId } }) }; the words are in ${FOLDER}/declaration.ts. ` +
    `Then: ROUTE=${path} npx vitest run --project postgres ${FOLDER}/matrix`);
  const gone = [...named].filter((route) => !exist.has(route)).map((route) => `${FOLDER}/ says who may call "${route}", and there is no such route: take the line out, or mend its method and path.`);
  return [...missing, ...gone];
}
