/**
 * Shows the pictures that are said in the room, below their lines: one after the other, and only what lies in the room itself, so
 * that nobody learns from where they are looked at.
 *
 * @module
 */

import { type Control, CONTROLS } from "../screen.ts";
import type { Abilities } from "./abilities.ts";
import { decode } from "./decode.ts";
import { drawBlocks, drawKitty, drawSixels } from "./draw.ts";
import { pixelsOf } from "./pixels.ts";

/** Characters that a picture is wide and high, at most; columns that stay free; and pictures that wait. */
const MOST = { columns: 60, rows: 16, free: 2, waiting: 8 } as const;

/** What pictures need. */
export interface PicturesOptions {
  abilities: Abilities;
  /** Loads a picture; gives nothing where it is too large or not of the room. */
  load: (url: string) => Promise<Uint8Array | undefined>;
  /** Prints rows. */
  print: (rows: (string | Control)[]) => void;
  /** How wide the terminal is. */
  columns: () => number;
}

/** The pictures of one terminal. */
export class Pictures {
  readonly #options: PicturesOptions;
  readonly #waiting: { url: string; title: string }[] = [];
  #isShowing = false;

  constructor(options: PicturesOptions) {
    this.#options = options;
  }

  /** Shows a picture once it is there. @param title What it is called then. */
  show(url: string, title: string): void {
    if (this.#options.abilities.images === "none" || this.#waiting.length >= MOST.waiting) return;
    this.#waiting.push({ url, title });
    void this.#next();
  }

  async #next(): Promise<void> {
    if (this.#isShowing) return;
    this.#isShowing = true;
    for (let one = this.#waiting.shift(); one !== undefined; one = this.#waiting.shift()) {
      const rows = await this.#rows(one.url).catch(() => undefined);
      // The line says already what it is: one that can't be shown is only that.
      if (rows !== undefined) this.#options.print([one.title, ...rows]);
    }
    this.#isShowing = false;
  }

  async #rows(url: string): Promise<Control[] | undefined> {
    const { abilities, load, columns } = this.#options;
    const bytes = await load(url);
    if (bytes === undefined) return undefined;
    const { images, cell } = abilities;
    const width = Math.max(1, Math.min(MOST.columns, columns() - MOST.free));
    const isBlocks = images === "blocks";
    const box = isBlocks
      ? { width, height: MOST.rows * 2 }
      : { width: width * cell.width, height: MOST.rows * cell.height };
    const small = await decode(bytes, box);
    if (small === undefined || images === "none") return undefined;
    if (images === "kitty") return [CONTROLS.drawn(drawKitty(small.png))];
    const pixels = pixelsOf(small.png);
    if (pixels === undefined) return undefined;
    if (!isBlocks) return [CONTROLS.drawn(drawSixels(pixels))];
    return drawBlocks(pixels, abilities.isTrueColor).map((row) => CONTROLS.drawn(row));
  }
}
