import { type Accessor, createEffect, createSignal, onCleanup } from "solid-js";
import { yXmlFragmentToProseMirrorRootNode } from "y-prosemirror";
import type { Module } from "@mochila/shared/courses/module.ts";
import { type Course, isShown } from "@mochila/shared/courses/schema.ts";
import { wordsOf } from "@mochila/shared/pages/content.ts";
import type { BodyItem, PageItem } from "@mochila/shared/pages/schema.ts";
import { sameValue } from "@mochila/shared/sync/change.ts";
import { stateOf } from "./actions.ts";
import { contentOf } from "./page-content.ts";
import type { RoomSession } from "./room-session.ts";
import { schema } from "./schema.ts";

/** How a text stands to what students see. `waiting`: it is wished exactly so and not yet published. */
export type Standing = "draft" | "published" | "changed" | "waiting" | "trashed";

/** What keeps students from a published page: its module or its course is not shown to them. Null: nothing. */
export type HiddenBy = "course" | "module" | null;

export function hiddenBy(module: Pick<Module, "state"> | undefined, course: Pick<Course, "state"> | null | undefined): HiddenBy {
  if (course && !isShown(course)) return "course";
  return module && module.state !== "published" ? "module" : null;
}

/** Comparing a long page takes a few milliseconds: not at every key. */
const LOOK_MS = 400;

interface Known {
  readonly page: Accessor<PageItem | null | undefined>;
  readonly body: Accessor<BodyItem | null | undefined>;
}

/** Words of a text and its standing, a blink after each change. Compares the texts themselves, not who pressed what. */
export function createStanding(session: RoomSession, { page, body }: Known): Accessor<{ standing: Standing; words: number }> {
  const [look, setLook] = createSignal(0);
  const [answer, setAnswer] = createSignal<{ standing: Standing; words: number }>({ standing: "draft", words: 0 });
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      setLook((count) => count + 1);
    }, LOOK_MS);
  };
  session.doc.on("update", later);
  onCleanup(() => {
    clearTimeout(timer);
    session.doc.off("update", later);
  });
  createEffect(() => {
    look();
    setAnswer(standingOf(session, page() ?? null, body() ?? null));
  });
  return answer;
}

function standingOf(session: RoomSession, page: PageItem | null, body: BodyItem | null): { standing: Standing; words: number } {
  if (session.fragment.length === 0) return { standing: page?.state === "trashed" ? "trashed" : body ? "published" : "draft", words: 0 };
  const content = contentOf(yXmlFragmentToProseMirrorRootNode(session.fragment, schema));
  const words = wordsOf(content);
  if (page?.state === "trashed") return { standing: "trashed", words };
  if (page?.state === "published" && body && sameValue(body.content, content)) return { standing: "published", words };
  if (page?.publish?.state[session.lang] === stateOf(session.doc)) return { standing: "waiting", words };
  return { standing: page?.state === "published" && body ? "changed" : "draft", words };
}
