/// <reference lib="dom" />
/**
 * Asks a question that is answered by one of two buttons, in the browser's own dialog element.
 *
 * @module
 */

import { html, render } from "lit";
import { settings } from "./settings.ts";

/**
 * Asks; resolves to whether the answer was yes.
 *
 * @param detail What it is about, shown as it is, for instance the lines of a paste.
 */
export function ask(question: string, yes: string, detail = ""): Promise<boolean> {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", question);
  const close = (answer: string) => dialog.close(answer);
  render(
    html`
      <p>${question}</p>${detail === "" ? "" : html`<pre dir="auto">${detail}</pre>`}
            <div class="buttons">
        <button type="button" @click=${() => close("")}>${settings.words.cancel}</button>
        <button type="button" class="yes" autofocus @click=${() => close("yes")}>${yes}</button>
      </div>
    `,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    }, { once: true });
  });
}
