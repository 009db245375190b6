import { encode } from "uqr";

/** White around the picture, in modules, as the standard asks. */
const QUIET = 4;

/** A text as a picture that a phone's camera reads. Black on white in both themes: readers expect it. */
export function QrCode(props: { text: string; label: string }) {
  const code = () => encode(props.text, { border: QUIET });
  const path = () => code().data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  return (
    <svg class="qr" role="img" aria-label={props.label} viewBox={`0 0 ${code().size} ${code().size}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      <path d={path()} fill="#000" />
    </svg>
  );
}
