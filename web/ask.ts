/// <reference lib="dom" />
/**
 * Asks a person something, in the browser's own dialog element.
 *
 * @module
 */

import { html, nothing, render, type TemplateResult } from "lit";
import { settings } from "./settings.ts";

/**
 * Asks a question.
 *
 * @param yes The words of the button that means yes.
 * @param more `detail`: a text that is shown as it is, such as the lines of a paste; `other`: the words of a third button; `isDangerous`: whether yes
 * destroys something, so that its button is red.
 * @returns The button that was pressed; undefined where the person cancels.
 */
export async function ask(
  question: string,
  yes: string,
  { detail = "", other, isDangerous = false }: { detail?: string; other?: string; isDangerous?: boolean } = {},
): Promise<"yes" | "other" | undefined> {
  // Whoever has no mouse scrolls in a long text by its focus.
  const content = detail === "" ? nothing : html`<pre dir="auto" tabindex="0">${detail}</pre>`;
  const { returnValue } = await answer(question, yes, content, { other, isDangerous });
  return returnValue === "yes" || returnValue === "other" ? returnValue : undefined;
}

/** A field for a password. */
function secretField(
  label: string,
  more: { autocomplete: AutoFill; isFirst: boolean; fault?: string },
): TemplateResult {
  return html`
    <input class="secret" type="password" aria-label=${label} autocomplete=${more.autocomplete}
      aria-describedby=${more.fault ?? nothing} ?autofocus=${more.isFirst}>
  `;
}

/** Has what is written in the fields for passwords be seen, or not any more. */
function drawShowing(): TemplateResult {
  const show = ({ currentTarget }: Event) => {
    const { checked, form } = currentTarget as HTMLInputElement;
    for (const field of secretsOf(form!)) field.type = checked ? "text" : "password";
  };
  return html`<label class="shows"><input type="checkbox" @change=${show}> ${settings.words.showPassword}</label>`;
}

const secretsOf = (place: Element) => [...place.querySelectorAll<HTMLInputElement>(".secret")];

/** Asks for a password. @returns Undefined where the person cancels or writes nothing. */
export async function askSecret(question: string): Promise<string | undefined> {
  const content = html`${secretField(question, { autocomplete: "off", isFirst: true })}${drawShowing()}`;
  const dialog = await answer(question, settings.words.done, content);
  return dialog.returnValue === "yes" && secretsOf(dialog)[0].value || undefined;
}

/** Characters of a new password. The room takes shorter ones, which are soon guessed. */
const LEAST_SECRET = 8;

/**
 * Asks for a new password, which is written twice since it may not be seen. Where it is short, or the two differ, the dialog says so
 * at the field and stays. @returns Both; undefined where the person cancels or writes nothing.
 */
export async function askNewSecret(question: string, onceMore: string): Promise<string[] | undefined> {
  const fault = "secret-fault";
  const field = (label: string, isFirst: boolean) =>
    html`<label>${label} ${secretField(label, { autocomplete: "new-password", isFirst, fault })}</label>`;
  const tell = (form: Element, text: string, wrong?: HTMLInputElement) => {
    for (const field of secretsOf(form)) field.setAttribute("aria-invalid", `${field === wrong}`);
    form.querySelector(`#${fault}`)!.textContent = text;
    wrong?.select();
  };
  const isRight = (form: Element) => {
    const [once, again] = secretsOf(form);
    if (once.value === "" && again.value === "") return true;
    const isShort = [...once.value].length < LEAST_SECRET;
    if (!isShort && once.value === again.value) return true;
    if (isShort) tell(form, settings.words.shortSecret(LEAST_SECRET), once);
    else tell(form, settings.words.notTheSame, again);
    return false;
  };
  const changed = ({ currentTarget }: Event) => tell(currentTarget as Element, "");
  // The question names the dialog, and the first of its fields.
  const content = html`
    <div class="twice" @input=${changed}>${field(question, true)}${field(onceMore, false)}
      <p class="refusal" id=${fault} role="alert"></p></div>${drawShowing()}
  `;
  const dialog = await answer(question, settings.words.done, content, { isAsked: true, isRight });
  const written = secretsOf(dialog).map(({ value }) => value);
  return dialog.returnValue === "yes" && written.every((password) => password !== "") ? written : undefined;
}

/**
 * Asks for a line of text.
 *
 * @param more `was`: what stands there first; `explained`: what the text is for, below the question; `pattern`: what may be written, as HTML has it.
 * @returns Undefined where the person cancels.
 */
export async function askText(
  question: string,
  yes: string,
  { was = "", explained = "", pattern }: { was?: string; explained?: string; pattern?: string } = {},
): Promise<string | undefined> {
  const content = html`
    ${explained === "" ? nothing : html`<p class="dim">${explained}</p>`}
    <input aria-label=${question} autocomplete="off" maxlength="400" .value=${was} pattern=${pattern ?? nothing}
      title=${pattern === undefined ? nothing : explained} autofocus>
  `;
  const dialog = await answer(question, yes, content);
  return dialog.returnValue === "yes" ? dialog.querySelector("input")?.value.trim() : undefined;
}

/**
 * Shows a dialog until it is closed, and draws it anew whenever one of these dispatches "change".
 *
 * @param draw Gives its content.
 */
export function showDrawn(
  dialog: HTMLDialogElement,
  draw: () => TemplateResult,
  sources: readonly EventTarget[],
): Promise<void> {
  const again = () => void render(draw(), dialog);
  for (const source of sources) source.addEventListener("change", again);
  again();
  document.body.append(dialog);
  dialog.showModal();
  // A long one begins with its heading, wherever its first button is.
  dialog.scrollTop = 0;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      for (const source of sources) source.removeEventListener("change", again);
      dialog.remove();
      resolve();
    }, { once: true });
  });
}

/**
 * Shows a question with its buttons until one of them is pressed.
 *
 * @param yes The words of the button that means yes.
 * @param content What stands between the question and the buttons: `nothing`, a text, fields.
 * @returns The dialog with what was written in it. Its `returnValue` is "yes", "other", or "" where the person cancels.
 */
function answer(
  question: string,
  yes: string,
  content: unknown,
  { other, isDangerous = false, isAsked = false, isRight }: {
    other?: string | undefined;
    isDangerous?: boolean;
    /** Whether the content says the question. */
    isAsked?: boolean;
    /** Asked when yes is pressed: the dialog stays where what is written is not right. */
    isRight?: (form: Element) => boolean;
  } = {},
): Promise<HTMLDialogElement> {
  const { words } = settings;
  // A form of this method closes its dialog when it is submitted, and sends nothing.
  return showDialog(question, (dialog) =>
    html`
      <form method="dialog" @submit=${(event: Event) => {
        if (isRight?.(event.target as Element) === false) event.preventDefault();
      }}>
        ${isAsked ? nothing : html`<p>${question}</p>`}${content}
        <div class="buttons">
          <button type="button" @click=${() => dialog.close("")}>${words.cancel}</button>
          ${other === undefined ? nothing : html`
            <button type="button" @click=${() => dialog.close("other")}>${other}</button>
          `}
          <button class="yes ${isDangerous ? "danger" : ""}" value="yes">${yes}</button>
        </div>
      </form>
    `);
}

/**
 * Shows a dialog until it is closed.
 *
 * @param label Its name.
 * @returns The dialog, with its last answer.
 */
export function showDialog(
  label: string,
  content: (dialog: HTMLDialogElement) => TemplateResult,
): Promise<HTMLDialogElement> {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", label);
  render(content(dialog), dialog);
  document.body.append(dialog);
  dialog.showModal();
  if (dialog.querySelector("input, select") === null) dialog.querySelector<HTMLButtonElement>(".yes")?.focus();
  // A long one begins with its heading, wherever its first button is.
  dialog.scrollTop = 0;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog);
    }, { once: true });
  });
}
