import { formatPercent } from "../i18n/formats.ts";

const RADIUS = 19;
const ROUND = 2 * Math.PI * RADIUS;

/** How much is done, with the number in it. `share` between 0 and 1; `label` says of what, with the number. */
export const Ring = (props: { share: number; label: string; large?: boolean }) => (
  <svg class="ring" classList={{ "ring-l": props.large === true }} viewBox="0 0 44 44" role="img" aria-label={props.label}>
    <circle cx="22" cy="22" r={RADIUS} />
    <circle class="value" classList={{ none: props.share <= 0 }} cx="22" cy="22" r={RADIUS} stroke-dasharray={ROUND.toFixed(1)} stroke-dashoffset={(ROUND * (1 - props.share)).toFixed(1)} />
    <text x="22" y="22.5">{Math.round(props.share * 100)}</text>
  </svg>
);

/** A bar of progress. `share` between 0 and 1. */
export const Meter = (props: { share: number; label: string }) => (
  <progress class="meter" value={Math.round(props.share * 100)} max={100} aria-label={props.label}>
    {formatPercent(props.share)}
  </progress>
);
