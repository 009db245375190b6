import { Show } from "solid-js";
import type { Module } from "@mochila/shared/courses/module.ts";
import { Button } from "../../ui/Button.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { useEditorActions } from "./actions.ts";
import type { HiddenBy } from "./standing.ts";
import { useEditorWords } from "./words.ts";

interface HiddenNoticeProps {
  readonly hidden: HiddenBy;
  readonly courseId: string;
  readonly itemId: string;
  readonly module: Module | undefined;
  readonly mayWrite: boolean;
}

/** Says that publishing this page alone shows it to nobody, and shows the rest with one button. */
export function HiddenNotice(props: HiddenNoticeProps) {
  const words = useEditorWords();
  const actions = useEditorActions(props.itemId);
  const show = () => {
    const module = props.module;
    if (props.hidden === "course") void actions.showCourse(props.courseId);
    else if (module) void actions.showModule(module.id);
  };
  return (
    <Show when={props.hidden}>
      {(by) => (
        <Banner
          icon="eye"
          role="info"
          action={
            <Show when={props.mayWrite}>
              <Button look="soft" onClick={show}>
                {words(by() === "course" ? "editor.showCourse" : "editor.showModule")}
              </Button>
            </Show>
          }
        >
          {words(by() === "course" ? "editor.courseHidden" : "editor.moduleHidden")}
        </Banner>
      )}
    </Show>
  );
}
