/// <reference lib="dom" />
/**
 * The dialog with the address that brings others in: to copy, and as a QR code for a phone's camera.
 *
 * @module
 */

import { html, nothing, svg, type TemplateResult } from "lit";
import { showDialog } from "./ask.ts";
import { putIntoClipboard } from "./clipboard.ts";
import { settings } from "./settings.ts";

/** Shows the dialog until it is closed. @param address Undefined where others have none: then the dialog says how they get one. */
export async function showInvitation(address: string | undefined): Promise<void> {
  // The code is needed here alone, and seldom.
  const { qrSquares } = await import("../shared/qr.ts");
  const { words, sentences } = settings;
  const copy = async ({ target }: Event) => {
    if (await putIntoClipboard(address!)) (target as HTMLButtonElement).textContent = words.copied;
  };
  await showDialog(words.inviteOthers, () =>
    html`
      <form method="dialog" class="invitation">
        <h2>${words.inviteOthers}</h2>
        ${address === undefined ? html`<p>${sentences.general.onlyHere}</p>` : drawAddress(address, qrSquares(address))}
        <div class="buttons">
          <button class=${address === undefined ? "yes" : nothing} value="">${words.close}</button>
          ${address === undefined
            ? nothing
            : html`<button class="yes" type="button" @click=${copy}>${words.copy}</button>`}
        </div>
      </form>
    `);
}

function drawAddress(address: string, squares: boolean[][]): TemplateResult {
  const { words } = settings;
  const dark = squares.flatMap((row, y) => row.flatMap((isDark, x) => isDark ? [`M${x} ${y}h1v1h-1z`] : [])).join("");
  const chosen = ({ target }: Event) => (target as HTMLInputElement).select();
  return html`
    <p>${words.inviteText}</p>
    <svg viewBox="0 0 ${squares.length} ${squares.length}" role="img" aria-label=${address}>
          ${svg`
            <rect width="100%" height="100%" fill="#fff"></rect>
            <path d=${dark} fill="#000"></path>
          `}
        </svg>
    <input readonly aria-label=${words.inviteOthers} .value=${address} @focus=${chosen}>
  `;
}
