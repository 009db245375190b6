import type { Node } from "prosemirror-model";
import type { NodeView } from "prosemirror-view";
import type { FileStore } from "../../person.ts";

/** What a colleague has just put in may not have reached the school yet: looked for again, less and less often. */
const AGAIN_AFTER_MS = { first: 2_000, max: 60_000 };

/**
 * A picture in the editor, shown from this device, also before it was sent. Alternative text and caption are edited in the panel above the
 * text, where they have labels.
 */
export class PictureView implements NodeView {
  readonly dom = document.createElement("figure");
  readonly #img = document.createElement("img");
  readonly #caption = document.createElement("figcaption");
  #file = "";
  #stated = "";
  #address: string | null = null;
  #destroyed = false;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(
    node: Node,
    private readonly files: Pick<FileStore, "open" | "close">,
    private readonly awayText: () => string,
  ) {
    this.dom.append(this.#img, this.#caption);
    this.update(node);
  }

  update(node: Node): boolean {
    if (node.type.name !== "image") return false;
    this.#img.alt = String(node.attrs["alt"]);
    this.#stated = String(node.attrs["caption"]);
    this.#say();
    const file = String(node.attrs["file"]);
    if (file !== this.#file) {
      this.#file = file;
      void this.#show(file);
    }
    return true;
  }

  ignoreMutation(): boolean {
    return true;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#free();
  }

  async #show(file: string, againAfterMs = AGAIN_AFTER_MS.first): Promise<void> {
    this.#free();
    const address = await this.files.open(file).catch(() => null);
    if (this.#destroyed || file !== this.#file) {
      if (address) this.files.close(address);
      return;
    }
    this.#address = address;
    this.dom.toggleAttribute("data-away", !address);
    if (address) this.#img.src = address;
    else this.#again = setTimeout(() => void this.#show(file, Math.min(2 * againAfterMs, AGAIN_AFTER_MS.max)), againAfterMs);
    this.#say();
  }

  /** The caption is the author's; that the picture is not here stands in its place only while it is away. */
  #say(): void {
    this.#caption.textContent = this.#stated || (this.dom.hasAttribute("data-away") ? this.awayText() : "");
  }

  #free(): void {
    clearTimeout(this.#again);
    if (this.#address) this.files.close(this.#address);
    this.#address = null;
  }
}
