/// <reference lib="dom" />
/**
 * The keys of a call: where a key is free for it, the space bar by which somebody who is muted speaks while it is held.
 *
 * @module
 */

/** What takes letters for itself, and what takes a space: that presses a button. */
const TAKES_LETTERS = "input, textarea, select, dialog, [contenteditable], [role=menu], [role=dialog], [role=listbox]";
const TAKES_SPACE = `${TAKES_LETTERS}, button, a, summary, video[controls], audio[controls], [role=tab]`;

/** Whether a key is pressed by itself, and where nothing takes it. */
export function isFree(event: KeyboardEvent): boolean {
  const { key, ctrlKey, metaKey, altKey, shiftKey, isComposing, defaultPrevented, target } = event;
  if (ctrlKey || metaKey || altKey || shiftKey || isComposing || defaultPrevented) return false;
  return target instanceof Element && target.closest(key === " " ? TAKES_SPACE : TAKES_LETTERS) === null &&
    document.querySelector("dialog[open], [role=menu]") === null;
}

/** What the key needs. */
export interface Speaker {
  isMuted: () => boolean;
  mute: (isMuted: boolean) => void;
}

/** The space bar: whoever is muted speaks while it is held. */
export class TalkKey {
  readonly #speaker: Speaker;
  #isHeld = false;

  constructor(speaker: Speaker) {
    this.#speaker = speaker;
  }

  down(event: KeyboardEvent): void {
    if (event.key !== " " || !(this.#isHeld || isFree(event))) return;
    if (!this.#isHeld && !this.#speaker.isMuted()) return;
    // Else it would scroll.
    event.preventDefault();
    if (this.#isHeld || event.repeat) return;
    this.#isHeld = true;
    this.#speaker.mute(false);
  }

  up(event: KeyboardEvent): void {
    if (event.key === " ") this.end();
  }

  /** The key is held no more, or the window no longer hears of it. */
  end(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.#speaker.mute(true);
  }
}
