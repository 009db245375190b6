import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { Pull } from "./pull.ts";
import type { PulledPage } from "./pulled-pages.ts";

/** What is one person's alone, as if there were none of it: for an administrator who looks at the school as them. */
export function pullWithoutPersonal(registry: readonly CollectionDefinition[], pull: Pull): Pull {
  const personal = new Set(registry.filter((definition) => definition.personal === true).map(({ name }) => name));
  return async (userId, request) => {
    const { results } = await pull(userId, { ...request, pulls: request.pulls.filter(({ collection }) => !personal.has(collection)) });
    const shown = results.values();
    return { results: request.pulls.map(({ collection }): PulledPage => (personal.has(collection) ? { collection } : (shown.next().value ?? { collection }))) };
  };
}
