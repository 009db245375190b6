import { createSignal, onCleanup, onMount } from "solid-js";

/** DECISIONS 8: the reading position is written on leaving or this often. */
const SAVE_EVERY_MS = 10_000;
/** Below the bar, with some air. */
const TOP_PX = 80;

/** The first block that is not wholly above the top of the window. Each child of `article` is one block. */
function firstVisible(article: Element): number {
  const blocks = article.children;
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.getBoundingClientRect().bottom ?? 0) > TOP_PX) high = middle;
    else low = middle + 1;
  }
  return Math.min(low, Math.max(0, blocks.length - 1));
}

/**
 * Follows where the person is in a text: `block` for what shows it, `save` when it has changed and is worth keeping (every
 * 10 s, when the page is hidden, and at the owner's end).
 */
export function createReadingPosition(article: () => Element | undefined, save: (block: number) => void) {
  const [block, setBlock] = createSignal(0);
  let saved = 0;
  let waiting = 0;
  const look = () => {
    waiting = 0;
    const element = article();
    if (element?.isConnected) setBlock(firstVisible(element));
  };
  const onScroll = () => (waiting ||= requestAnimationFrame(look));
  const keep = () => {
    if (block() === saved) return;
    saved = block();
    save(saved);
  };
  const onHide = () => document.visibilityState === "hidden" && keep();
  onMount(() => {
    window.addEventListener("scroll", onScroll, { passive: true });
    document.addEventListener("visibilitychange", onHide);
    window.addEventListener("pagehide", keep);
    const timer = setInterval(keep, SAVE_EVERY_MS);
    onCleanup(() => {
      window.removeEventListener("scroll", onScroll);
      document.removeEventListener("visibilitychange", onHide);
      window.removeEventListener("pagehide", keep);
      clearInterval(timer);
      cancelAnimationFrame(waiting);
      keep();
    });
  });
  return {
    block,
    /** Scrolls to where the person was. */
    restore: (to: number) => {
      saved = to;
      setBlock(to);
      article()?.children[to]?.scrollIntoView({ block: "start" });
    },
  };
}
