import { type IconName, icons } from "./icons.ts";

/** Decoration beside words, or inside a control that has a name of its own. `flip`: mirrored in right-to-left text. */
export const Icon = (props: { name: IconName; small?: boolean; flip?: boolean }) => (
  <svg class="icon" classList={{ "icon-s": props.small === true, flip: props.flip === true }} viewBox="0 0 24 24" aria-hidden="true">
    <path d={icons[props.name]} />
  </svg>
);

/** The small bag: on this device, and nothing else. */
export const Bag = () => (
  <svg aria-hidden="true" viewBox="0 0 24 24">
    <path class="bag-strap" d="M9 5.5V4.5A2 2 0 0 1 11 2.5h2a2 2 0 0 1 2 2v1" />
    <path class="bag-body" d="M3 12a7 7 0 0 1 7-7h4a7 7 0 0 1 7 7v7.5a2.5 2.5 0 0 1-2.5 2.5h-13A2.5 2.5 0 0 1 3 19.5z" />
    <path class="bag-band" d="m3 11 4.5 4.5 4.5-4.5 4.5 4.5 4.5-4.5v3l-4.5 4.5-4.5-4.5-4.5 4.5-4.5-4.5z" />
  </svg>
);

export const Brand = () => (
  <>
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path class="brand-line" d="M12 6.5V5a2.5 2.5 0 0 1 2.5-2.5h3A2.5 2.5 0 0 1 20 5v1.5" />
      <path class="brand-bag" d="M4 16a10 10 0 0 1 10-10h4a10 10 0 0 1 10 10v10a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4z" />
      <path class="brand-band" d="m4 14.5 6 6 6-6 6 6 6-6v4.2l-6 6-6-6-6 6-6-6z" />
    </svg>
    <svg class="wordmark" viewBox="0 4 380 98" role="img" aria-label="Mochila">
      <g class="brand-letters">
        <path d="M8 92V48M8 64a17 17 0 0 1 34 0v28M42 64a17 17 0 0 1 34 0v28" />
        <circle cx="119" cy="69.5" r="23" />
        <path d="M199 54a23 23 0 1 0 0 31M219 92V14M219 66a19 19 0 0 1 38 0v26M280 48v44M303 14v78" />
        <circle cx="347" cy="69.5" r="23" />
        <path d="M370 48v44" />
      </g>
      <path class="brand-band" d="m280 18 10 10-10 10-10-10z" />
    </svg>
  </>
);
