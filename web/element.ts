/// <reference lib="dom" />
/**
 * What all elements of the page have in common. It must not know what they show.
 *
 * @module
 */

import { LitElement } from "lit";
import type { Stay } from "./stay.ts";
import { settings } from "./settings.ts";
import type { Strings } from "./strings.ts";

/** An element that draws into the page's own tree: one style sheet, and labels that reach from one to the other. */
export class View extends LitElement {
  readonly #draw = () => this.requestUpdate();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** All words, in the language that is chosen. */
  get words(): Strings {
    return settings.words;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    settings.addEventListener("change", this.#draw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    settings.removeEventListener("change", this.#draw);
  }
}

/** A view of a room, drawn again after each change of it. */
export class StayView extends View {
  /** Set before it is put into the page, once. */
  stay!: Stay;
  readonly #changed = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.stay.addEventListener("change", this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stay.removeEventListener("change", this.#changed);
  }
}
