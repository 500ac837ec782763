/// <reference lib="dom" />
/**
 * A file in a talk: a picture, a film or a sound in its place, and anything else as a card. Everything comes from the page's own
 * origin. It is loaded with the first file.
 *
 * @module
 */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import { type FileInfo, isShown } from "../shared/file_message.ts";
import { sanitize } from "../client/sanitize.ts";
import { sizeText } from "../shared/size_text.ts";
import { View } from "./element.ts";
import { drawBlur } from "./blur.ts";
import { askFor, hasFailed, type Known, knownOf, ownAddress, PAUSE } from "./file_infos.ts";
import { isDrawn, isPicture, isShortText, isVeryLarge, MOST, sizeInTalk, together } from "./file_shape.ts";
import { type FileWords, fileWords } from "./file_words.ts";
import { icon, type IconName } from "./icon.ts";
import { showPictures } from "./lightbox.ts";
import type { Stay } from "./stay.ts";
import { showText } from "./text_file.ts";
import "./voice/player.ts";

export { knownOf } from "./file_infos.ts";

/** What a file is for a person. */
export type FileKind = "image" | "video" | "audio" | "text" | "archive" | "other";

const ARCHIVE = /(?:zip|tar|gzip|7z|rar|xz|bzip|zstd|compress)/;

/** What a file is by its type. */
export function kindOf(type: string): FileKind {
  const [kind] = type.split("/");
  if (kind === "image" || kind === "video" || kind === "audio" || kind === "text") return kind;
  return ARCHIVE.test(type) ? "archive" : "other";
}

const ICONS: Readonly<Record<FileKind, IconName>> = {
  image: "image",
  video: "film",
  audio: "music",
  text: "file-text",
  archive: "file",
  other: "file",
};

/** The icon of a file by what it is. */
export function iconOf({ type, voice }: FileInfo): unknown {
  return icon(voice === undefined ? ICONS[kindOf(type)] : "mic");
}

/** What a file is in words, as `12 KiB · archive`. */
export function describe(info: FileInfo, words: FileWords): string {
  const { size, type, width, height } = info;
  const kind = isVeryLarge(info) ? words.veryLarge(`${width} × ${height}`) : words.types[kindOf(type)];
  return `${sizeText(size)} · ${kind}`;
}

/**
 * Draws a file.
 *
 * @param said What its sender says of it.
 * @param changed Called when more is known of it.
 * @param stay Whose talk it is in.
 */
export function drawFile(id: string, said: FileInfo | undefined, changed: () => void, stay: Stay): TemplateResult {
  return html`<tea-file .file=${id} .said=${said} .changed=${changed} .stay=${stay}></tea-file>`;
}

export class FileView extends View {
  static override properties = { file: { attribute: false }, said: { attribute: false }, isBroken: { state: true } };
  /** The file's id. */
  declare file: string;
  declare said: FileInfo | undefined;
  /** Whether the browser could not show it. */
  declare isBroken: boolean;
  changed: () => void = () => {};
  stay: Stay | undefined;
  /** Whether it is tried a second time: the room may have been away. */
  #isRetried = false;

  protected override willUpdate(properties: PropertyValues): void {
    if (properties.has("file")) this.isBroken = this.#isRetried = false;
    const { said, file } = this;
    // A film or a sound shows by itself whether it is there. How large a picture is, and the name of all else, must not be the
    // sender's word alone.
    const isPlayed = said !== undefined && isShown(said.type) && !isPicture(said) && !this.isBroken;
    if (isPlayed || knownOf(file) !== undefined) return;
    askFor(file, () => {
      if (this.isBroken && !this.#isRetried && knownOf(file) !== undefined) {
        this.#isRetried = true;
        this.isBroken = false;
      }
      if (knownOf(file) === undefined) setTimeout(() => this.isConnected && this.requestUpdate(), PAUSE);
      this.changed();
      this.requestUpdate();
    });
  }

  override render(): unknown {
    const { said } = this;
    const known: Known | undefined = knownOf(this.file);
    const words = fileWords();
    if (known === "gone") {
      // Of an address elsewhere nothing is known here, and the link stays.
      return said === undefined ? nothing : html`<p class="file-gone">${icon("file")} ${words.gone}</p>`;
    }
    const details = together(known, said);
    if (details === undefined) return nothing;
    if (this.isBroken || !isShown(details.type)) return this.#card(details, words);
    const kind = kindOf(details.type);
    if (kind === "video") return this.#film(details, words);
    if (kind === "audio") return this.#sound(details, words);
    const isCard = known === undefined ? hasFailed(this.file) : !isDrawn(known);
    return isCard ? this.#card(details, words) : this.#picture(details, words, known !== undefined);
  }

  readonly #broken = () => this.isBroken = true;

  /** @param isKnown Whether the room has told how large it is: only then it is loaded. */
  #picture(details: FileInfo, words: FileWords, isKnown: boolean): TemplateResult {
    const name = sanitize(details.name);
    const { width, height } = sizeInTalk(details);
    const keep = ref((element) => element && keepShape(element as HTMLElement, details));
    const loaded = ({ target }: Event) => (target as Element).parentElement!.classList.add("loaded");
    // Its size is known before it comes, so that nothing jumps.
    return html`
      <button class="picture-file" type="button" tabindex="-1" title=${words.showPicture(name)} aria-haspopup="dialog"
        @click=${() => showPictures(this)}>
        ${this.#blur()}
        ${isKnown
          ? html`
            <img src=${ownAddress(this.file)} alt=${words.showPicture(name)} width=${width ?? nothing}
              height=${height ?? nothing} loading="lazy" decoding="async" data-name=${name} @load=${loaded}
              @error=${this.#broken} ${keep}>
          `
          : html`
            <canvas class="place" aria-hidden="true" width=${width ?? 1} height=${height ?? 1} ${keep}></canvas>
          `}
      </button>
    `;
  }

  /** What a picture or a film looks like before it comes, by its sender's word; nothing where there is none. */
  #blur(): unknown {
    const { blur, width, height } = this.said ?? {};
    if (blur === undefined || width === undefined || height === undefined) return nothing;
    const draw = ref((canvas) => canvas && drawBlur(canvas as HTMLCanvasElement, blur, { width, height }));
    return html`<canvas class="blur" aria-hidden="true" ${draw}></canvas>`;
  }

  /** A film is loaded when it is played: of how many pixels it is, nobody knows before, and its first one may fill the memory. */
  #film(details: FileInfo, words: FileWords): TemplateResult {
    const { width = MOST.width, height = Math.round(MOST.width * 9 / 16) } = sizeInTalk(details);
    return html`
      <div class="film-file">
        ${this.#blur()}
        <video controls preload="none" playsinline src=${ownAddress(this.file)} width=${width} height=${height}
          aria-label=${sanitize(details.name)} @error=${this.#broken}></video>
      </div>
      ${this.#line(details, words)}
    `;
  }

  #sound(details: FileInfo, words: FileWords): TemplateResult {
    const { voice } = details;
    if (voice !== undefined) {
      return html`
        <tea-voice-player .source=${ownAddress(this.file)} .voice=${voice} .stay=${this.stay}
          .broken=${this.#broken}></tea-voice-player>
        ${this.#line(details, words)}
      `;
    }
    return html`
      <audio controls preload="metadata" src=${ownAddress(this.file)} aria-label=${sanitize(details.name)}
        @error=${this.#broken}></audio>
      ${this.#line(details, words)}
    `;
  }

  /** The name of what is played, by which it is saved. */
  #line(details: FileInfo, words: FileWords): TemplateResult {
    const name = sanitize(details.name);
    return html`
      <a class="file-line" href=${ownAddress(this.file)} download tabindex="-1"
        title=${words.downloadFile(name)}><bdi>${name}</bdi> <small>${sizeText(details.size)}</small></a>
    `;
  }

  #card(details: FileInfo, words: FileWords): TemplateResult {
    const name = sanitize(details.name);
    const known = knownOf(this.file);
    return html`
      <a class="file-card" href=${ownAddress(this.file)} download tabindex="-1" title=${words.downloadFile(name)}>
        ${iconOf(details)}
        <span><bdi>${name}</bdi><small>${describe(details, words)}</small></span>
        ${icon("download")}
      </a>
      ${known === undefined || known === "gone" || !isShortText(known) ? nothing : html`
        <button class="text-shown" type="button" tabindex="-1" title=${words.showPicture(name)} aria-haspopup="dialog"
          aria-label=${words.showPicture(name)} @click=${() => showText(this.file, name)}>${words.show}</button>
      `}
    `;
  }
}

/** Gives a picture its exact shape before it has come: the attributes have whole pixels, and it would jump by one. */
function keepShape({ style }: HTMLElement, { width, height }: FileInfo): void {
  style.aspectRatio = width === undefined || height === undefined ? "" : `${width} / ${height}`;
}

customElements.define("tea-file", FileView);
