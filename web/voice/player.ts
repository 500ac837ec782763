/// <reference lib="dom" />
/**
 * A voice message in its place: it is played and paused, and one goes to any place of it by a click or the arrow keys. Its waveform
 * is what its sender has told: a file of a stranger is unpacked by nobody but the browser's own player.
 *
 * @module
 */

import { html, type PropertyValues, type TemplateResult } from "lit";
import { barsOf, lengthText, MOST_BARS, type Voice } from "../../shared/voice_message.ts";
import { View } from "../element.ts";
import { icon } from "../icon.ts";
import type { Stay } from "../stay.ts";
import { drawBars } from "./bars.ts";
import { type Playback, playbackOf } from "./playback.ts";
import { voiceWords } from "./words.ts";

/** Seconds by which an arrow key goes on. */
const STEP = 5;

/** The bars of a voice message of which nobody knows how loud it is. */
const FLAT: readonly number[] = Array.from({ length: MOST_BARS }, () => 0.2);

export class VoicePlayer extends View {
  static override properties = { source: { attribute: false }, voice: { attribute: false } };
  /** The address of the file, at the page's own origin. */
  declare source: string;
  declare voice: Voice;
  /** Whose talk it is in; undefined before it is said. */
  stay: Stay | undefined;
  /** Called where the browser can't play it. */
  broken: () => void = () => {};
  #playback: Playback | undefined;
  #bars: readonly number[] = FLAT;

  protected override willUpdate(properties: PropertyValues): void {
    if (properties.has("voice")) this.#bars = this.voice.wave === undefined ? FLAT : barsOf(this.voice.wave);
    if (properties.has("source")) this.#follow(playbackOf(this.source, this.voice.seconds));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#follow(this.#playback);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#playback?.removeEventListener("change", this.#changed);
    // A row that is scrolled away goes as a whole, and is heard on; without its row it was removed, or is sent just now.
    if (this.closest("li") === null) this.#playback?.pause();
  }

  #follow(playback: Playback | undefined): void {
    this.#playback?.removeEventListener("change", this.#changed);
    this.#playback = playback;
    playback?.addEventListener("change", this.#changed);
  }

  readonly #changed = () => {
    if (this.#playback?.isBroken === true) this.broken();
    this.requestUpdate();
  };

  override render(): TemplateResult {
    const words = voiceWords();
    const playback = this.#playback!;
    const { time, length, isPlaying, speed } = playback;
    const whole = length === undefined ? "" : lengthText(length);
    const title = isPlaying ? words.pause : words.play;
    const times = `${speed}×`;
    // No live region: what is heard says where it is.
    return html`
      <div class="voice" role="group" aria-label=${this.words.voiceMessageOf(whole)} aria-live="off">
        <button class="play" type="button" tabindex="-1" aria-label=${title} title=${title}
          @click=${() => playback.toggle(this.stay)}>${icon(isPlaying ? "pause" : "play")}</button>
        <button class="speed" type="button" tabindex="-1" aria-label=${words.speed(times)} title=${words.speed(times)}
          @click=${() => playback.faster()}>${times}</button>
        <div class="wave" role="slider" tabindex="-1" aria-label=${words.position} aria-valuemin="0"
          aria-valuemax=${Math.ceil(length ?? time)} aria-valuenow=${Math.floor(time)}
          aria-valuetext=${words.at(lengthText(time), whole)} @keydown=${this.#keyed}
          @pointerdown=${this.#pressed} @pointermove=${this.#pressed}>
          ${drawBars(this.#bars, length === undefined || length === 0 ? 0 : time / length)}
        </div>
        <span class="time" aria-hidden="true">${isPlaying || time > 0
          ? words.at(lengthText(time), whole)
          : whole}</span>
      </div>
    `;
  }

  /** Goes to where a pointer is pressed. */
  readonly #pressed = (event: PointerEvent) => {
    const { length } = this.#playback!;
    if (event.buttons !== 1 || length === undefined) return;
    const wave = event.currentTarget as HTMLElement;
    if (event.type === "pointerdown") wave.setPointerCapture(event.pointerId);
    const { left, width } = wave.getBoundingClientRect();
    this.#playback!.seek((event.clientX - left) / width * length);
  };

  readonly #keyed = (event: KeyboardEvent) => {
    const playback = this.#playback!;
    const { time, length } = playback;
    const places: Record<string, number | undefined> = {
      ArrowLeft: time > 0 ? time - STEP : undefined,
      ArrowRight: length !== undefined && time < length ? time + STEP : undefined,
      Home: 0,
      End: length,
    };
    const { key, ctrlKey, altKey, metaKey, shiftKey } = event;
    if (ctrlKey || altKey || metaKey || shiftKey) return;
    if (key === " " || key === "Enter") playback.toggle(this.stay);
    else {
      const to = Object.hasOwn(places, key) ? places[key] : undefined;
      // At either end an arrow leads to what stands beside it.
      if (to === undefined) return;
      playback.seek(to);
    }
    event.preventDefault();
    event.stopPropagation();
  };
}

customElements.define("tea-voice-player", VoicePlayer);
