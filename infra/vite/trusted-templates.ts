import type { Plugin } from "vite";

const SOLID_WEB = /\/solid-js\/web\/dist\/web\.js$/;
const SINK = "t.innerHTML = html;";

/**
 * Solid makes the nodes of a component from a string that its compiler wrote, by `innerHTML`; a page whose policy asks for trusted types
 * refuses that. Here those strings, and no others, become trusted: the policy lives inside Solid's module, which hands it to nobody, and its name may be taken
 * once (SECURITY.md C.4, decision 0441). What anybody else writes into a sink stays a string, and is refused.
 */
export const trustedTemplates = (): Plugin => ({
  name: "mochila:trusted-templates",
  apply: "build",
  transform(code, id) {
    if (!SOLID_WEB.test(id)) return null;
    if (code.split(SINK).length !== 2) this.error("Solid makes its templates in another way now: look at where its strings become nodes");
    return `const templates = globalThis.trustedTypes?.createPolicy("solid-templates", { createHTML: (html) => html });\n${code.replace(SINK, "t.innerHTML = templates ? templates.createHTML(html) : html;")}`;
  },
});
