// Real activity of four course runs, read where MOCHILA_DATA says; the tests never copy it.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { CourseActivity } from "@mochila/shared/reports/course-activity.ts";

const folder = resolve(process.env["MOCHILA_DATA"] ?? join(import.meta.dirname, "../../../shared/data"), "moodle-logs");

export const moodleLogs: readonly string[] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".csv")) : [];
if (moodleLogs.length === 0) console.warn("not run: the real Moodle logs are not on this machine (MOCHILA_DATA)");

export interface LoggedAction {
  readonly userId: string;
  readonly at: number;
  readonly event: Omit<ActivityEvent, "seq" | "id" | "boot" | "monotonicMs" | "courseId">;
}

const uuidOf = (text: string): string => {
  const hex = createHash("sha256").update(text).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

/** RFC 4180: fields in quotes hold commas, line breaks and doubled quotes. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let field = "";
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quoted && character === '"' && text.charAt(index + 1) === '"') field += text.charAt((index += 1));
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === "," || character === "\n")) {
      rows.at(-1)?.push(field.replace(/\r$/, ""));
      field = "";
      if (character === "\n") rows.push([]);
    } else field += character;
  }
  return rows.filter((row) => row.length > 1);
}

/** "1/07/18, 16:02" as UTC. */
function parseTime(text: string): number {
  const [, day = 0, month = 0, year = 0, hour = 0, minute = 0] = (/^(\d+)\/(\d+)\/(\d+), (\d+):(\d+)$/.exec(text) ?? []).map(Number);
  return Date.UTC(2000 + year, month - 1, day, hour, minute);
}

const verbOf = (action: string): ActivityEvent["verb"] => {
  if (/completion updated/.test(action)) return "item.completed";
  return /module viewed|Activity viewed/.test(action) ? "page.opened" : "page.viewed";
};

/**
 * Every row that names a person, oldest first; module rows are items, and viewing a course is so many seconds of reading: few,
 * because the log holds bursts within one minute, and no more time is believed than passed.
 */
export function readMoodleLog(name: string): LoggedAction[] {
  const [, ...rows] = parseCsv(readFileSync(join(folder, name), "utf8"));
  return rows
    .flatMap(([time = "", , , context = "", , action = "", description = ""]) => {
      const person = /user with id '(\d+)'/.exec(description)?.[1];
      if (!person) return [];
      const at = parseTime(time);
      const verb = verbOf(action);
      const module = /course module id '(\d+)'/.exec(description)?.[1] ?? (context.startsWith("Course: ") ? null : context);
      const about = module ? { itemId: uuidOf(`${name} ${module}`) } : {};
      const reading = verb === "page.viewed" ? { seconds: (new Date(at).getUTCMinutes() % 7) / 4 + 0.25 } : {};
      return [{ userId: uuidOf(`person ${person}`), at, event: { verb, at, ...about, ...reading } }];
    })
    .toSorted((a, b) => a.at - b.at);
}

/** By key, in the order of first sight. */
export function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

const byKey = <Row>(key: keyof Row) => (a: Row, b: Row): number => (a[key] < b[key] ? -1 : 1);
const seconds = (list: readonly LoggedAction[]): number => list.reduce((sum, { event }) => sum + (event.seconds ?? 0), 0);
const completions = (list: readonly LoggedAction[]): number =>
  new Set(list.flatMap(({ event, userId }) => (event.verb === "item.completed" ? [`${userId} ${event.itemId}`] : []))).size;
const people = (list: readonly LoggedAction[]): number => new Set(list.map(({ userId }) => userId)).size;

type Figures = Pick<CourseActivity, "days" | "people" | "items">;

/** The second road to the same answer: the figures counted from the log itself, each list in a fixed order. */
export function countLog(actions: readonly LoggedAction[], nameOf: (userId: string) => string): Figures {
  const ofItems = actions.filter(({ event }) => event.itemId);
  return inOrder({
    days: [...grouped(actions, ({ at }) => new Date(at).toISOString().slice(0, 10))].map(([day, list]) => ({
      day, events: list.length, people: people(list), seconds: seconds(list), completed: completions(list),
    })),
    people: [...grouped(actions, ({ userId }) => userId)].map(([userId, list]) => ({
      userId, name: nameOf(userId), lastSeenAt: list.at(-1)?.at ?? 0, events: list.length, seconds: seconds(list), completed: completions(list),
    })),
    items: [...grouped(ofItems, ({ event }) => event.itemId ?? "")].map(([itemId, list]) => ({
      itemId, seconds: seconds(list), people: people(list), opened: list.filter(({ event }) => event.verb === "page.opened").length, completed: completions(list), solutions: 0,
    })),
  });
}

export const inOrder = ({ days, people: persons, items }: Figures): Figures => ({
  days: days.toSorted(byKey("day")),
  people: persons.toSorted(byKey("userId")),
  items: items.toSorted(byKey("itemId")),
});
