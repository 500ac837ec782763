/// <reference lib="dom" />
/**
 * The button of the microphone beside the field: whoever holds it says a voice message, and whoever presses it, or Ctrl+Shift+V,
 * has both hands free meanwhile. What records (recorder.ts) is loaded with the first one.
 *
 * @module
 */

import { html, nothing } from "lit";
import type { Talk } from "../../client/state/talk.ts";
import type { Voice } from "../../shared/voice_message.ts";
import { StayView } from "../element.ts";
import { icon } from "../icon.ts";
import { keysHere, shortcutHere } from "../keyboard.ts";
import { FILE_STYLE, loadStyle } from "../late_style.ts";
import { silenceHint } from "../muted.ts";
import { settings } from "../settings.ts";
import type { VoiceRecorder } from "./recorder.ts";

const KEYS = "Ctrl+Shift+V";

/** The focus stays where it is, and no menu is opened. */
const stays = (event: Event) => event.preventDefault();

export class VoiceView extends StayView {
  /** Sends what was recorded for a talk. @returns Whether it is on its way. */
  send: (talk: Talk, file: File, voice: Voice) => Promise<boolean> = () => Promise.resolve(false);
  /** The talk for which something is recorded. */
  #talk: Talk | undefined;
  /** Whether what records is loaded. */
  #isReady = false;
  /** Where the pointer was that holds the button. */
  #hold: { x: number; y: number } | undefined;
  /** Whether a pointer has done what its click would do. */
  #isPressed = false;
  /** What a screen reader is told when it is over. */
  #told = "";

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#keyed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#keyed);
  }

  get #recorder(): VoiceRecorder | null {
    return this.querySelector("tea-voice-recorder");
  }

  /** Begins to record for the talk that is shown; or sends what is recorded. */
  async #press(): Promise<void> {
    if (this.#recorder?.isRefused === true) {
      // It is tried again.
      this.#ended("");
      await this.updateComplete;
    }
    if (this.#talk !== undefined) return await this.#recorder?.finish();
    const { stay, stay: { talk, silence } } = this;
    if (talk === undefined) return;
    const why = stay.hasFiles ? silence : settings.sentences.files.none;
    if (why !== undefined) return stay.tell({ kind: "error", text: why });
    this.#talk = talk;
    this.#told = "";
    await stay.load(Promise.all([import("./recorder.ts"), loadStyle(FILE_STYLE)]), () => this.#isReady = true);
    if (!this.#isReady) this.#talk = undefined;
    this.requestUpdate();
  }

  readonly #keyed = (event: KeyboardEvent) => {
    const { key, ctrlKey, metaKey, altKey, shiftKey, repeat } = event;
    if (key.toLowerCase() !== "v" || !shiftKey || !(ctrlKey || metaKey) || altKey) return;
    if (document.querySelector("dialog[open]") !== null) return;
    // Else the browser would paste.
    event.preventDefault();
    if (!repeat) void this.#press();
  };

  readonly #down = (event: PointerEvent) => {
    if (event.button !== 0 || !event.isPrimary) return;
    this.#isPressed = true;
    if (this.#talk !== undefined) return void this.#press();
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#hold = { x: event.clientX, y: event.clientY };
    void this.#press();
  };

  readonly #moved = ({ clientX, clientY }: PointerEvent) => {
    if (this.#hold !== undefined) this.#recorder?.slide(this.#hold.x - clientX, this.#hold.y - clientY);
  };

  readonly #up = () => {
    this.#hold = undefined;
    this.#recorder?.release();
  };

  /** The system takes the pointer for itself: what was said is neither sent nor lost. */
  readonly #lost = () => {
    this.#hold = undefined;
    this.#recorder?.free();
  };

  readonly #clicked = ({ detail }: MouseEvent) => {
    // A key, or a program that reads the page out, has no pointer.
    if (detail === 0 || !this.#isPressed) void this.#press();
    this.#isPressed = false;
  };

  readonly #ended = (text: string) => {
    this.#talk = undefined;
    this.#told = text;
    this.requestUpdate();
  };

  override render(): unknown {
    const { stay, words } = this;
    const talk = this.#talk;
    if (talk === undefined && (stay.talk === undefined || !stay.hasFiles)) return nothing;
    // What was begun is brought to an end.
    const why = talk === undefined ? silenceHint(stay) : undefined;
    return html`
      ${talk === undefined || !this.#isReady ? nothing : html`
        <tea-voice-recorder .stay=${stay} .talk=${talk} .isHeld=${this.#hold !== undefined}
          .send=${(file: File, voice: Voice) => this.send(talk, file, voice)} .ended=${this
            .#ended}></tea-voice-recorder>
      `}
      <button class="microphone" type="button" aria-label=${words.voiceMessage} aria-pressed=${talk !== undefined}
        title=${why ??
          `${words.voiceMessage} (${keysHere(KEYS)})`} ?disabled=${why !== undefined} aria-keyshortcuts=${shortcutHere(
            KEYS,
          )}
        @pointerdown=${this.#down} @pointermove=${this.#moved} @pointerup=${this.#up} @pointercancel=${this.#lost}
        @click=${this.#clicked} @mousedown=${stays} @contextmenu=${stays}>${icon("mic")}</button>
      <span class="told" role="status">${this.#told}</span>
    `;
  }
}
