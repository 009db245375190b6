import { existsSync } from "node:fs";
import { join } from "node:path";
import { validate } from "dockerfile-utils";
import * as z from "zod/mini";
import { parseDocument } from "yaml";

const Text = z.string();
const Settings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const Service = z.strictObject({
  image: z.optional(Text),
  build: z.optional(z.strictObject({ context: Text, dockerfile: Text })),
  restart: z.enum(["no", "always", "on-failure", "unless-stopped"]),
  depends_on: z.optional(z.record(z.string(), z.strictObject({ condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]) }))),
  environment: Settings,
  volumes: z.optional(z.array(z.string().check(z.regex(/^[a-z]+:\/[^:]+$/)))),
  ports: z.optional(z.array(z.string().check(z.regex(/^127\.0\.0\.1:\d+:\d+$/)))),
  healthcheck: z.optional(z.strictObject({ test: z.array(Text).check(z.minLength(2)), interval: Text, retries: z.int() })),
});
/** The part of the Compose specification that we use; anything else is refused, so that a slip of the pen is seen. */
const Compose = z.strictObject({
  name: Text,
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.nullable(z.strictObject({}))),
});

/** What is wrong with a compose file, without a container engine. `settings`: the settings that our program knows. */
export function composeProblems(text: string, settings: ReadonlySet<string>): string[] {
  const document = parseDocument(text);
  if (document.errors.length > 0) return document.errors.map((error) => error.message);
  const parsed = Compose.safeParse(document.toJS());
  if (!parsed.success) return parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  const { services, volumes } = parsed.data;
  return Object.entries(services).flatMap(([name, service]) => [
    ...(service.image === undefined) === (service.build === undefined) ? [`${name}: give an image or a build, not both`] : [],
    ...Object.keys(service.depends_on ?? {}).flatMap((other) => {
      const depended = services[other];
      if (!depended) return [`${name}: depends on ${other}, which does not exist`];
      return service.depends_on?.[other]?.condition === "service_healthy" && !depended.healthcheck ? [`${name}: waits for ${other} to be healthy, which has no healthcheck`] : [];
    }),
    ...(service.volumes ?? []).flatMap((mount) => (mount.split(":")[0] ?? "") in volumes ? [] : [`${name}: volume ${mount} is not declared`]),
    ...service.build ? Object.keys(service.environment).filter((key) => !settings.has(key)).map((key) => `${name}: ${key} is no setting of ours`) : [],
  ]);
}

/** What is wrong with a Dockerfile: its syntax, and the files it copies that are not in the project at `root`. */
export function dockerfileProblems(text: string, root: string): string[] {
  const syntax = validate(text).map((diagnostic) => `line ${diagnostic.range.start.line + 1}: ${typeof diagnostic.message === "string" ? diagnostic.message : diagnostic.message.value}`);
  const copied = [...text.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap((match) => (match[1] ?? "").split(/\s+/).slice(0, -1));
  return [...syntax, ...copied.filter((path) => !existsSync(join(root, path))).map((path) => `copies ${path}, which does not exist`)];
}
