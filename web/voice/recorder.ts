/// <reference lib="dom" />
/**
 * A voice message while it is recorded: the bar above the field. Either the button of the microphone is held, and it is sent when
 * that is released; or the person has both hands free, may listen to it, and sends it by a button or Enter.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { sanitize } from "../../client/sanitize.ts";
import type { Talk } from "../../client/state/talk.ts";
import { lengthText, type Voice } from "../../shared/voice_message.ts";
import type { Refusal } from "../calls/media.ts";
import { drawInsecure } from "../draw.ts";
import { StayView } from "../element.ts";
import { icon } from "../icon.ts";
import { hasKeyboard } from "../keyboard.ts";
import { settings } from "../settings.ts";
import { drawBars } from "./bars.ts";
import { pauseVoice } from "./playback.ts";
import "./player.ts";
import { LONGEST, Recording } from "./recording.ts";
import { voiceWords } from "./words.ts";

/** Whoever lets go before so many milliseconds has pressed, and not held: then their hands are free. */
const SHORTEST_HOLD = 700;

/** So many pixels to the left cancel, and so many upwards free the hand. */
const SLIDE = { away: 80, up: 60 } as const;

/** Bars of the sound that are shown while it is recorded, and what is loud: a bar that is full at 1 would hardly move. */
const SHOWN = 40, LOUD = 0.3;

export class VoiceRecorder extends StayView {
  /** Where it is said. */
  talk!: Talk;
  /** Whether the button is held. */
  isHeld = false;
  /** Sends it. @returns Whether it is on its way. */
  send: (file: File, voice: Voice) => Promise<boolean> = () => Promise.resolve(false);
  /** Called when it is over. @param text What a screen reader says of it. */
  ended: (text: string) => void = () => {};
  #recording = new Recording(() => this.requestUpdate());
  #refusal: Refusal | undefined;
  #isSending = false;
  /** Where what is recorded is, to be listened to. */
  #source: string | undefined;
  /** What had the focus before. */
  #before: Element | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("keydown", this.#keyed, true);
    addEventListener("beforeunload", this.#closing);
    this.#before = document.activeElement;
    pauseVoice();
    void this.#begin();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("keydown", this.#keyed, true);
    removeEventListener("beforeunload", this.#closing);
    this.#recording.cancel();
    if (this.#source !== undefined) URL.revokeObjectURL(this.#source);
  }

  async #begin(): Promise<void> {
    this.#refusal = await this.#recording.begin();
    if (this.isRefused) this.isHeld = false;
    this.requestUpdate();
    if (!this.isHeld) await this.#takeFocus();
  }

  /** Whether nothing can be recorded, and says so. */
  get isRefused(): boolean {
    return this.#refusal !== undefined;
  }

  /** The button was held, and is no longer. */
  release(): void {
    if (!this.isHeld) return;
    // Behind the question of the browser nobody holds it still.
    if (!this.#recording.isRecording || this.#recording.elapsed < SHORTEST_HOLD) return this.free();
    this.isHeld = false;
    void this.finish();
  }

  /** The pointer that holds the button has moved so many pixels to the left, and upwards. */
  slide(left: number, up: number): void {
    if (!this.isHeld) return;
    if (left >= SLIDE.away) this.cancel();
    else if (up >= SLIDE.up) this.free();
  }

  /** Frees the hand that holds the button. */
  free(): void {
    if (!this.isHeld) return;
    this.isHeld = false;
    this.requestUpdate();
    void this.#takeFocus();
  }

  /** Ends it and sends it. */
  async finish(): Promise<void> {
    if (this.#isSending || this.isRefused) return;
    // The person has not allowed the microphone yet.
    if (!this.#recording.isRecording && this.#recording.recorded === undefined) return;
    this.#isSending = true;
    this.requestUpdate();
    const recorded = await this.#recording.stop();
    if (!this.isConnected) return;
    if (recorded === undefined) this.#refusal = "failed";
    else if (await this.send(recorded.file, recorded.voice)) return this.#end("");
    this.#isSending = false;
    this.requestUpdate();
  }

  /** Ends it and forgets it. */
  cancel(): void {
    this.#recording.cancel();
    this.#end(this.isRefused ? "" : voiceWords().cancelled);
  }

  #end(text: string): void {
    const hadFocus = this.contains(document.activeElement);
    this.ended(text);
    if (hadFocus && this.#before instanceof HTMLElement) this.#before.focus();
  }

  async #takeFocus(): Promise<void> {
    await this.updateComplete;
    this.querySelector<HTMLElement>(".yes")?.focus();
  }

  async #listen(): Promise<void> {
    const recorded = await this.#recording.stop();
    if (recorded === undefined) this.#refusal = "failed";
    this.requestUpdate();
    await this.#takeFocus();
  }

  readonly #keyed = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open], [role=menu]") !== null) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    this.cancel();
  };

  /** Has the browser ask a person who closes the page. */
  readonly #closing = (event: BeforeUnloadEvent) => {
    if (!this.isRefused) event.preventDefault();
  };

  protected override willUpdate(): void {
    const { recorded } = this.#recording;
    if (recorded !== undefined && !this.#isSending) this.#source ??= URL.createObjectURL(recorded.file);
    // Ten minutes are over while it is held: what is there is not to be sent unheard.
    if (recorded !== undefined) this.isHeld = false;
  }

  override render(): TemplateResult {
    const words = voiceWords();
    const name = sanitize(this.talk.name);
    if (this.#refusal !== undefined) return this.#refused(this.#refusal);
    const { recorded, isRecording, elapsed, levels } = this.#recording;
    const isReady = recorded !== undefined && !this.#isSending;
    const isFull = isReady && elapsed >= LONGEST;
    const hint = this.#isSending
      ? words.sending
      : isFull
      ? words.isFull
      : isReady
      ? words.ready(name)
      : isRecording
      ? (this.isHeld ? words.held(name) : words.free(name, hasKeyboard()))
      : words.opening;
    return html`
      <section class="recording ${isRecording ? "runs" : ""}" aria-label=${words.recording}>
        <p class=${isReady ? "" : "hint"} role="status">${hint}</p>
        ${isReady ? html`<tea-voice-player .source=${this.#source} .voice=${recorded.voice}></tea-voice-player>` : html`
          <span class="lamp" aria-hidden="true"></span>
          <span class="time" role="timer">${lengthText(Math.floor(elapsed / 1_000))}</span>
          <span class="wave">${drawBars(levelsOf(levels), 1)}</span>
        `}
        ${this.isHeld ? nothing : html`
          <button class="danger" type="button" aria-label=${words.cancel} title=${words.cancel}
            @click=${() => this.cancel()}>${icon("trash-2")}</button>
          ${isRecording && !this.#isSending
            ? html`
              <button type="button" aria-label=${words.stop} title=${words.stop}
                @click=${() => void this.#listen()}>${icon("square")}</button>
            `
            : nothing}
          <button class="yes" type="button" aria-label=${words.send} title=${words.send}
            ?disabled=${!isRecording && !isReady} @click=${() => void this.finish()}>${icon("send-horizontal")}</button>
        `}
      </section>
    `;
  }

  #refused(refusal: Refusal): TemplateResult {
    const words = voiceWords();
    const { close } = this.words;
    return html`
      <section class="recording" aria-label=${words.recording}>
        <div class="why" role="alert"><p>${words.refusals[refusal]}</p>${refusal === "insecure"
          ? drawInsecure(this.words, settings.get("language"))
          : nothing}</div>
        <button class="yes" type="button" aria-label=${close} title=${close} @click=${() => this.cancel()}>${icon(
          "x",
        )}</button>
      </section>
    `;
  }
}

/** The last levels, as many as are shown. */
function levelsOf(levels: readonly number[]): number[] {
  const last = levels.slice(-SHOWN).map((level) => level / LOUD);
  return [...Array.from({ length: SHOWN - last.length }, () => 0), ...last];
}

customElements.define("tea-voice-recorder", VoiceRecorder);
