/// <reference lib="dom" />
/**
 * The page's first module: the element that all of it is.
 *
 * @module
 */

import { html, LitElement } from "lit";
import { COMMANDS } from "../client/commands.ts";

class TeaHouse extends LitElement {
  override render() {
    return html`
      <h1>Teahouse</h1>
      <p>${[...COMMANDS.keys()].map((name) => `/${name}`).join(" ")}</p>
    `;
  }
}

customElements.define("tea-house", TeaHouse);
