import { createEffect, createSignal, on, onCleanup, Show } from "solid-js";
import { CodedError } from "@mochila/shared/errors.ts";
import { PICTURE_SIDE_PX } from "@mochila/shared/users/picture.ts";
import { useApp } from "../../app-parts.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { showToast } from "../../ui/toast.ts";
import { Face } from "../Face.tsx";
import { useAsk } from "../own-calls.ts";
import { useUser } from "../queries.ts";
import { squareAt, ZOOM_MAX } from "./crop.ts";
import { said } from "./words.ts";
import "./picture.css";

/** As it is shown while it is chosen. */
const SHOWN_PX = 480;
/** One press of an arrow key: a twentieth of what is shown. */
const STEP = 0.05;
const QUALITY = 0.85;

const arrows: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Redrawn, so that nothing of where and with what it was taken is left. A browser that writes no WebP writes JPEG. */
const encode = (canvas: HTMLCanvasElement): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob((webp) => (webp?.type === "image/webp" ? resolve(webp) : canvas.toBlob(resolve, "image/jpeg", QUALITY)), "image/webp", QUALITY));

function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, at: { zoom: number; x: number; y: number }): void {
  const { x, y, side } = squareAt(picture, at);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.imageSmoothingQuality = "high";
  // What is see-through would be black in a JPEG.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, x, y, side, side, 0, 0, canvas.width, canvas.height);
}

/** Which part of the picture: pulled with a finger, moved with arrow keys, made larger with the slider. */
function Crop(props: { picture: ImageBitmap; onReady: (take: () => Promise<Blob | null>) => void }) {
  const [zoom, setZoom] = createSignal(1);
  const [centre, setCentre] = createSignal({ x: 0, y: 0 });
  let canvas: HTMLCanvasElement | undefined;
  let pulled: { x: number; y: number } | null = null;
  createEffect(on(() => props.picture, ({ width, height }) => setCentre({ x: width / 2, y: height / 2 })));
  createEffect(() => canvas && draw(canvas, props.picture, { zoom: zoom(), ...centre() }));
  /** In parts of what is shown. */
  const move = (right: number, down: number) => {
    const { x, y, side } = squareAt(props.picture, { zoom: zoom(), ...centre() });
    setCentre({ x: x + side / 2 + right * side, y: y + side / 2 + down * side });
  };
  props.onReady(() => {
    const small = document.createElement("canvas");
    small.width = small.height = PICTURE_SIDE_PX;
    draw(small, props.picture, { zoom: zoom(), ...centre() });
    return encode(small);
  });
  return (
    <>
      <canvas
        ref={(element) => (canvas = element)}
        class="crop"
        width={SHOWN_PX}
        height={SHOWN_PX}
        tabindex="0"
        role="img"
        aria-label={said("account.pictureMove")}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          pulled = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          if (!pulled) return;
          const { clientWidth } = event.currentTarget;
          move((pulled.x - event.clientX) / clientWidth, (pulled.y - event.clientY) / clientWidth);
          pulled = { x: event.clientX, y: event.clientY };
        }}
        onPointerUp={() => (pulled = null)}
        onPointerCancel={() => (pulled = null)}
        onKeyDown={(event) => {
          const way = arrows[event.key];
          if (!way) return;
          event.preventDefault();
          move(way[0] * STEP, way[1] * STEP);
        }}
      />
      <p class="small soft mt-2">{said("account.pictureMove")}</p>
      <label class="field">
        {said("account.pictureZoom")}
        <input class="crop-zoom" type="range" min="1" max={ZOOM_MAX} step="0.05" value={zoom()} onInput={(event) => setZoom(Number(event.currentTarget.value))} />
      </label>
    </>
  );
}

export default function PictureDialog(props: { onClose: () => void }) {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  const send = useAsk();
  const [picture, setPicture] = createSignal<ImageBitmap | null>(null);
  const [problem, setProblem] = createSignal<"file" | "away" | null>(null);
  const [busy, setBusy] = createSignal(false);
  let input: HTMLInputElement | undefined;
  let take: () => Promise<Blob | null> = () => Promise.resolve(null);
  onCleanup(() => picture()?.close());
  const choose = async (file: File | undefined) => {
    if (!file) return;
    setProblem(null);
    const read = await createImageBitmap(file).catch(() => null);
    if (read) setPicture(read);
    else setProblem("file");
  };
  const change = async (work: () => Promise<unknown>, done: string) => {
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    try {
      await work();
      // The person as the school has them now.
      await session.changeProfile({});
      showToast(done);
      props.onClose();
    } catch {
      setProblem("away");
    }
    setBusy(false);
  };
  const save = async () => {
    const blob = await take();
    if (!blob) throw new CodedError("internal", "this browser makes no picture of it");
    await send("/api/me/picture", "POST", blob);
  };
  return (
    <Dialog
      open
      title={said("account.pictureTitle")}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Show when={picture()}>
          <Button busy={busy()} onClick={() => void change(save, said("account.pictureSaved"))}>
            {said("account.pictureSave")}
          </Button>
        </Show>
      }
    >
      <div role="alert">
        <Show when={problem()}>
          {(kind) => (
            <Banner icon="circle-alert" role="alert">
              {kind() === "file" ? said("account.pictureUnreadable") : words("users.problem_away")}
            </Banner>
          )}
        </Show>
      </div>
      <Show when={picture()} fallback={<p class="mb-4">{said("account.pictureText")}</p>}>
        {(one) => <Crop picture={one()} onReady={(ready) => (take = ready)} />}
      </Show>
      <input ref={(element) => (input = element)} class="unseen" tabindex="-1" type="file" accept="image/*" aria-label={said("account.pictureChoose")} onChange={(event) => void choose(event.currentTarget.files?.[0])} />
      <div class="btns">
        <Show when={!picture()}>
          <Face large name={user().name} picture={user().picture} />
        </Show>
        <Button look="soft" icon="image" onClick={() => input?.click()}>
          {said(picture() ? "account.pictureOther" : "account.pictureChoose")}
        </Button>
        <Show when={user().picture && !picture()}>
          <Button look="alert" busy={busy()} onClick={() => void change(() => send("/api/me/picture", "DELETE"), said("account.pictureRemoved"))}>
            {said("account.pictureRemove")}
          </Button>
        </Show>
      </div>
    </Dialog>
  );
}
