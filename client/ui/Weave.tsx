import { createMemo } from "solid-js";
import { doorMotif, heroMotif, type Threads, tileOf, weave } from "./weave.ts";

const Paths = (props: { threads: Threads }) => (
  <>
    <path class="w-a" d={props.threads.a} />
    <path class="w-b" d={props.threads.b} />
    <path class="w-c" d={props.threads.c} />
  </>
);

/** The woven tile of a course. Decoration: the course's name stands beside it. */
export function Tile(props: { id: string; large?: boolean }) {
  const tile = createMemo(() => tileOf(props.id));
  return (
    <span class="tile" classList={{ "tile-l": props.large === true }} data-hue={tile().hue} aria-hidden="true">
      <svg viewBox="0 0 11 11" shape-rendering="crispEdges">
        <path class="w-ground" d="M0 0h11v11H0z" />
        <Paths threads={tile().threads} />
      </svg>
    </span>
  );
}

export const HeroWeave = () => (
  <svg class="hero-weave wide" viewBox="0 0 22 33" shape-rendering="crispEdges" aria-hidden="true">
    <Paths threads={weave(heroMotif, { width: 22, height: 33, middleX: 11, middleY: 0 })} />
  </svg>
);

/** The cloth beside the sign-in form: a band on the phone, half the page on the desktop. */
export function DoorWeave() {
  const threads = weave(doorMotif, { width: 66, height: 88, middleX: 11, middleY: 11 });
  return (
    <div class="door-art" aria-hidden="true">
      <svg class="narrow" viewBox="0 4 66 14" preserveAspectRatio="xMidYMid slice" shape-rendering="crispEdges">
        <Paths threads={threads} />
      </svg>
      <svg class="wide" viewBox="0 0 66 88" preserveAspectRatio="xMidYMid slice" shape-rendering="crispEdges">
        <Paths threads={threads} />
      </svg>
    </div>
  );
}
