/// <reference lib="dom" />
/**
 * Asks a person something, in the browser's own dialog element.
 *
 * @module
 */

import { html, nothing, render } from "lit";
import { settings } from "./settings.ts";

/**
 * Asks; resolves to whether the answer was yes.
 *
 * @param detail What it is about, shown as it is, for instance the lines of a paste.
 */
export async function ask(question: string, yes: string, detail = ""): Promise<boolean> {
  const content = html`${detail === "" ? nothing : html`<pre dir="auto">${detail}</pre>`}`;
  return await answer(question, yes, content) !== undefined;
}

/** Asks for a password; undefined where there is none. */
export async function askSecret(question: string): Promise<string | undefined> {
  const content = html`<input type="password" aria-label=${question} autocomplete="off" autofocus>`;
  const form = await answer(question, settings.words.done, content);
  return form?.querySelector("input")?.value || undefined;
}

/** Shows a dialog until it is closed; gives its form where that was by `yes`. */
function answer(question: string, yes: string, content: unknown): Promise<HTMLFormElement | undefined> {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", question);
  // What is in a form of this method closes its dialog, and is sent nowhere.
  render(
    html`<form method="dialog">
      <p>${question}</p>${content}
      <div class="buttons">
        <button type="button" @click=${() => dialog.close("")}>${settings.words.cancel}</button>
        <button class="yes" value="yes">${yes}</button>
      </div>
    </form>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  const form = dialog.querySelector("form")!;
  if (form.querySelector("input") === null) form.querySelector<HTMLButtonElement>(".yes")!.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes" ? form : undefined);
    }, { once: true });
  });
}
