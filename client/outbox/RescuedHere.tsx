import { Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { LinkButton } from "../ui/Button.tsx";
import { Banner } from "../ui/Notice.tsx";
import { useRescued } from "./queries.ts";

/** Where a page or a course is gone: the way to what the person wrote in it that the school did not take. */
export function RescuedHere(props: { courseId: string; itemId?: string }) {
  const words = useWords();
  const rescued = useRescued();
  const some = () => rescued().some((work) => work.courseId === props.courseId && (props.itemId === undefined || work.itemId === props.itemId));
  return (
    <Show when={some()}>
      <div class="mb-4">
        <Banner icon="upload" action={<LinkButton href="/outbox">{words("shell.outbox")}</LinkButton>}>
          {words("shell.attention")}
        </Banner>
      </div>
    </Show>
  );
}
