/// <reference lib="dom" />
/**
 * The files of a line, as a part of its row. What draws them (file_view.ts) is loaded with the first one; until then there is
 * room for it.
 *
 * @module
 */

import { html, nothing } from "lit";
import { fileIdsIn } from "../shared/file_message.ts";
import { captionOf } from "../client/file_address.ts";
import type { TalkLine } from "../client/state/line.ts";
import { FILE_STYLE, loadStyle } from "./late_style.ts";
import type { Stay } from "./stay.ts";

/** What draws files. */
type FileDrawing = typeof import("./file_view.ts");

/** Files of one line that are shown. */
const MOST = 4;

/** Draws the files of lines. */
export class FileParts {
  readonly #stay: () => Stay;
  readonly #changed: () => void;
  #drawing: FileDrawing | undefined;
  #isLoading = false;
  /** Whether what draws files could not be loaded: then lines stay as they were written. */
  #hasFailed = false;

  /**
   * @param stay The one whose talks are drawn.
   * @param changed Called when rows are to be drawn anew.
   */
  constructor(stay: () => Stay, changed: () => void) {
    this.#stay = stay;
    this.#changed = changed;
  }

  /** On what the look of a line depends beside the line: what is known of its files. */
  lookOf(line: TalkLine): unknown[] {
    if (!hasFiles(line)) return [];
    return [this.#drawing, this.#hasFailed, ...fileIdsIn(line.text, MOST).map((id) => this.#drawing?.knownOf(id))];
  }

  /** The text of a line that is shown: without the address of a file that is shown in its place. */
  textOf(line: TalkLine): string {
    const said = hasFiles(line) ? captionOf(line.text) : undefined;
    return said !== undefined && this.#isShown(line, said.id) ? said.caption : line.text;
  }

  /** What its sender says of it is believed until the room says otherwise; whatever else has such an address is asked for first. */
  #isShown({ file }: TalkLine, id: string): boolean {
    if (this.#hasFailed) return false;
    const known = this.#drawing?.knownOf(id);
    return file !== undefined || (known !== undefined && known !== "gone");
  }

  draw(line: TalkLine): unknown {
    if (!hasFiles(line)) return nothing;
    const files = fileIdsIn(line.text, MOST);
    if (files.length === 0) return nothing;
    const { file } = line;
    const drawing = this.#drawing;
    if (this.#hasFailed) return nothing;
    if (drawing === undefined) {
      void this.#begin();
      return html`<canvas class="file-place" width=${file?.width ?? 1} height=${file?.height ?? 1}></canvas>`;
    }
    // What is said is said of one file.
    const said = captionOf(line.text) === undefined ? undefined : file;
    return files.map((id) => drawing.drawFile(id, said, this.#changed, this.#stay()));
  }

  async #begin(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    await this.#stay().load(Promise.all([import("./file_view.ts"), loadStyle(FILE_STYLE)]), ([drawing]) => {
      this.#drawing = drawing;
    });
    this.#hasFailed = this.#drawing === undefined;
    this.#changed();
  }
}

/** Whether a line can have files: something that was said, and is still there. */
function hasFiles({ kind, redacted, text }: TalkLine): boolean {
  return (kind === "message" || kind === "notice") && redacted === undefined && text.includes("/files/");
}
