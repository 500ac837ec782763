/// <reference lib="dom" />
/**
 * Shows the pictures of a talk one by one over the whole page: the arrow keys go from one to the next, Escape ends it, + and -
 * make the picture larger and smaller.
 *
 * @module
 */

import { html, render } from "lit";
import { fileWords } from "./file_words.ts";
import { icon, type IconName } from "./icon.ts";
import { settings } from "./settings.ts";

/** How large a picture is shown: as a part of its own size; undefined as the window has room. */
const SIZES = [undefined, 1, 2, 4] as const;

/** Shows pictures, that of an element first; the others are those around it that are drawn. */
export function showPictures(first: Element): void {
  const rows = first.closest("ol") ?? first;
  const pictures = [...rows.querySelectorAll<HTMLImageElement>(".picture-file img")];
  const own = first.querySelector("img");
  if (own === null) return;
  const dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  let at = pictures.indexOf(own);
  let zoom = 0;
  const go = (step: number) => {
    if (pictures[at + step] === undefined) return;
    [at, zoom] = [at + step, 0];
    draw();
  };
  const resize = (step: number) => {
    zoom = Math.min(SIZES.length - 1, Math.max(0, zoom + step));
    draw();
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    "+": () => resize(1),
    "=": () => resize(1),
    "-": () => resize(-1),
    "0": () => resize(-SIZES.length),
  };
  const draw = () => {
    const words = fileWords();
    const { src, dataset: { name = "" } } = pictures[at];
    const size = SIZES[zoom];
    const button = (label: string, name: IconName, press: () => void, isOff = false) =>
      html`
        <button type="button" aria-label=${label} title=${label} ?disabled=${isOff}
          @click=${press}>${icon(name)}</button>
      `;
    const title = words.pictureOf(name, at + 1, pictures.length);
    dialog.setAttribute("aria-label", title);
    render(
      html`
        <div class="lightbox-head">
          <p role="status"><bdi>${title}</bdi></p>
          ${button(words.previous, "arrow-left", () => go(-1), at === 0)}
          ${button(words.next, "arrow-right", () => go(1), at === pictures.length - 1)}
          ${button(words.zoomOut, "zoom-out", () => resize(-1), zoom === 0)}
          ${button(words.zoomIn, "zoom-in", () => resize(1), zoom === SIZES.length - 1)}
          <a href=${src} download aria-label=${words.downloadFile(name)} title=${words.downloadFile(name)}>${icon(
            "download",
          )}</a>
          ${button(settings.words.close, "x", () => dialog.close())}
        </div>
        <div class="lightbox-picture" tabindex="0" role="group" aria-label=${title} @click=${(
          { target, currentTarget }: Event,
        ) => target === currentTarget ? dialog.close() : resize(zoom === 0 ? 1 : -SIZES.length)}>
          <img src=${src} alt=${name} class=${size === undefined ? "fit" : ""} @load=${sized}>
        </div>
      `,
      dialog,
    );
    sized();
  };
  /** A size in parts of the picture's own is known once it has come. */
  const sized = () => {
    const picture = dialog.querySelector("img")!;
    const size = SIZES[zoom];
    picture.style.inlineSize = size === undefined ? "" : `${picture.naturalWidth * size}px`;
  };
  dialog.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey || !Object.hasOwn(keys, key)) return;
    event.preventDefault();
    event.stopPropagation();
    keys[key]();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    // Where the person was.
    pictures[at].closest("button")?.focus({ preventScroll: true });
  }, { once: true });
  draw();
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector<HTMLElement>(".lightbox-picture")?.focus();
}
