import type { Node } from "prosemirror-model";
import type { NodeView } from "prosemirror-view";
import type { FileStore } from "../../person.ts";

/**
 * A picture in the editor, shown from this device, also before it was sent. Alternative text and caption are edited in the panel above the
 * text, where they have labels.
 */
export class PictureView implements NodeView {
  readonly dom = document.createElement("figure");
  readonly #img = document.createElement("img");
  readonly #caption = document.createElement("figcaption");
  #file = "";
  #address: string | null = null;
  #destroyed = false;

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
    this.#caption.textContent = String(node.attrs["caption"]);
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

  async #show(file: string): Promise<void> {
    this.#free();
    const address = await this.files.open(file).catch(() => null);
    if (this.#destroyed || file !== this.#file) {
      if (address) this.files.close(address);
      return;
    }
    this.#address = address;
    if (address) this.#img.src = address;
    else this.#caption.textContent ||= this.awayText();
  }

  #free(): void {
    if (this.#address) this.files.close(this.#address);
    this.#address = null;
  }
}
