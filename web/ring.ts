/// <reference lib="dom" />
/**
 * Who calls this person now, above all else that the page shows: on a phone a list or a panel may cover the talk. It stands first
 * in the page, so that a keyboard comes to it first.
 *
 * @module
 */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { Call } from "../client/state/calls.ts";
import { StayView } from "./element.ts";
import { icon } from "./icon.ts";
import { CALL_STYLE, loadStyle } from "./late_style.ts";

/** So many calls are drawn at a time: as many as our server lets ring. The next ones come when these are answered. */
const MOST = 4;

export class Ring extends StayView {
  static override properties = { isReady: { state: true } };
  /** Whether the style sheet is there. */
  declare isReady: boolean;
  /** Called when the person takes a call: what covers the talk makes room for it. */
  chosen!: () => void;

  constructor() {
    super();
    this.isReady = false;
  }

  override render(): unknown {
    return this.isReady ? this.stay.calls.ringing.slice(0, MOST).map((call) => this.#draw(call)) : nothing;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.isReady || this.stay.calls.ringing.length === 0) return;
    // Without it the line is still of use.
    void loadStyle(CALL_STYLE).catch(() => {}).then(() => this.isReady = true);
  }

  #draw({ target }: Call): TemplateResult {
    const { words: { calls: words }, stay: { calls } } = this;
    const text = words.callsYou(sanitize(target));
    const accept = () => {
      this.chosen();
      void calls.accept(target);
    };
    return html`
      <section class="call-line ringing" aria-label=${text}>
        <p role="alert">${icon("phone")} <span>${text}</span></p>
        <button class="yes" type="button" @click=${accept}>${words.accept}</button>
        <button type="button" @click=${() => void calls.decline(target)}>${words.decline}</button>
      </section>
    `;
  }
}
