import { createSignal, For, type JSX } from "solid-js";
import type { BlockNode, SolutionNode } from "@mochila/shared/pages/content.ts";
import { useWords } from "../../i18n/words.ts";
import { Icon } from "../../ui/Icon.tsx";
import { useReading } from "./reading-context.ts";

/** How the blocks inside are drawn; handed in, because blocks draw exercises too. */
type DrawBlocks = (content: readonly BlockNode[] | undefined) => JSX.Element;
type ExerciseNode = Extract<BlockNode, { type: "exercise" }>;

/** Titles that say no more than «solution» in either language. */
const isPlain = (title: string): boolean => /^(solution|solución|answer|respuesta)?$/i.test(title.trim());

/** A question whose solution stays hidden until it is asked for; the first look is recorded, not the later ones. */
function Solution(props: { solution: SolutionNode; draw: DrawBlocks; onFirstOpen: () => void }) {
  const words = useWords();
  const [open, setOpen] = createSignal(false);
  let seen = false;
  const label = () => {
    const name = props.solution.attrs.title;
    if (isPlain(name)) return words(open() ? "page.hideSolution" : "page.showSolution");
    return words(open() ? "page.hideNamedSolution" : "page.showNamedSolution", { name });
  };
  return (
    <details
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
        if (!event.currentTarget.open || seen) return;
        seen = true;
        props.onFirstOpen();
      }}
    >
      <summary>
        <Icon name="chevron-right" flip />
        {label()}
      </summary>
      <div class="solution">{props.draw(props.solution.content)}</div>
    </details>
  );
}

export function Exercise(props: { exercise: ExerciseNode; draw: DrawBlocks }) {
  const words = useWords();
  const reading = useReading();
  const place = () => reading.exercises.get(props.exercise) ?? 0;
  const name = () => words("page.exercise", { number: place() + 1 });
  return (
    <section class="exercise" id={reading.anchors.get(props.exercise)} aria-label={props.exercise.attrs.title || name()}>
      <p class="exercise-head">{props.exercise.attrs.title ? `${name()}: ${props.exercise.attrs.title}` : name()}</p>
      <For each={props.exercise.content}>
        {(node) => (node.type === "solution" ? <Solution solution={node} draw={props.draw} onFirstOpen={() => reading.onReveal(place())} /> : props.draw([node]))}
      </For>
    </section>
  );
}
