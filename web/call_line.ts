/// <reference lib="dom" />
/**
 * What stands above the talk about calls: the call of the talk that this person may join, or the call in which they are, whose bar
 * and pictures are loaded with it.
 *
 * @module
 */

import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { sanitize } from "../client/sanitize.ts";
import type { Call } from "../client/state/calls.ts";
import type { PageCall } from "./calls/call.ts";
import { drawInsecure } from "./draw.ts";
import { StayView } from "./element.ts";
import { icon } from "./icon.ts";
import { CALL_STYLE, loadStyle } from "./late_style.ts";
import { settings } from "./settings.ts";

/** Nicks that are named. */
const NAMED = 3;

export class CallLine extends StayView {
  static override properties = { isReady: { state: true }, hasBar: { state: true } };
  /** Whether the style sheet is there. */
  declare isReady: boolean;
  /** Whether the bar is there. */
  declare hasBar: boolean;
  /** The call for which it was loaded last. */
  #tried: PageCall | undefined;

  constructor() {
    super();
    this.isReady = false;
    this.hasBar = false;
  }

  override render(): unknown {
    const { stay: { calls, talk } } = this;
    if (!this.isReady || !this.#isNeeded) return nothing;
    const running = talk === undefined || calls.isIn(talk) ? undefined : calls.of(talk);
    return html`
      ${calls.isInsecure ? this.#insecure() : nothing}
      ${calls.active === undefined || !this.hasBar
        ? nothing
        : html`<tea-call-bar .stay=${this.stay} .call=${calls.active}></tea-call-bar>`}
      ${running === undefined || running.isRinging ? nothing : this.#banner(running)}
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { active } = this.stay.calls;
    if (active !== undefined && !this.hasBar && this.#tried !== active) void this.#loadBar(active);
    if (!this.#isNeeded || this.isReady) return;
    // Without it the line is still of use.
    void loadStyle(CALL_STYLE).catch(() => {}).then(() => this.isReady = true);
  }

  /** Loads the bar. Where it can't be loaded, nobody is to be in a call that they can't leave. */
  async #loadBar(call: PageCall): Promise<void> {
    this.#tried = call;
    await this.stay.load(import("./calls/bar.ts"), () => this.hasBar = true);
    if (!this.hasBar) await call.leave();
  }

  get #isNeeded(): boolean {
    const { calls, talk } = this.stay;
    return calls.active !== undefined || calls.isInsecure ||
      (talk !== undefined && calls.of(talk) !== undefined);
  }

  #insecure(): TemplateResult {
    const { words, stay } = this;
    const close = () => {
      stay.calls.isInsecure = false;
      stay.changed();
    };
    return html`
      <section class="call-line" aria-label=${words.calls.call}>
        <div role="alert"><p>${words.calls.insecure}</p>${drawInsecure(words, settings.get("language"))}</div>
        <button type="button" aria-label=${words.close} title=${words.close} @click=${close}>${icon("x")}</button>
      </section>
    `;
  }

  #banner({ target, members }: Call): TemplateResult {
    const { words: { calls: words }, stay } = this;
    const nicks = [...members.values()].map(({ nick }) => sanitize(nick));
    const named = nicks.slice(0, NAMED).join(", ");
    const text = words.inCall(nicks.length > NAMED ? words.andOthers(named, nicks.length - NAMED) : named);
    return html`
      <section class="call-line" aria-label=${words.call}>
        <p role="status">${icon("phone")} <span>${text}</span></p>
        <button class="yes" type="button" @click=${() => void stay.calls.join(target)}>${words.join}</button>
      </section>
    `;
  }
}
