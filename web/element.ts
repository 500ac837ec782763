/// <reference lib="dom" />
/**
 * What all elements of the page have in common.
 *
 * @module
 */

import { LitElement } from "lit";
import type { Stay } from "./stay.ts";
import { settings } from "./settings.ts";
import type { Strings } from "./strings.ts";

/** An element without a shadow tree, so that all share the style sheets, and labels reach from one element to another. */
export class View extends LitElement {
  readonly #draw = () => this.requestUpdate();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  /** All words of the page, in the chosen language. */
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

/** An element that draws a stay in the room, again after each change. */
export class StayView extends View {
  /** Set once, before the element is put into the page. */
  stay!: Stay;
  /** Whether it is drawn at once on a change, and so before the others. */
  protected readonly isFirst: boolean = false;
  readonly #changed = () => {
    this.requestUpdate();
    if (this.isFirst) this.performUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.stay.addEventListener("change", this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stay.removeEventListener("change", this.#changed);
  }
}
