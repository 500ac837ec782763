/// <reference lib="dom" />
/**
 * The dialog with the address that brings others in: to copy, and as a QR code for a phone's camera.
 *
 * @module
 */

import { html, render, svg } from "lit";
import { putIntoClipboard } from "./clipboard.ts";
import { settings } from "./settings.ts";

/** Shows the dialog until it is closed. */
export async function showInvitation(address: string): Promise<void> {
  // The code is needed here alone, and seldom.
  const { qrSquares } = await import("../shared/qr.ts");
  const { words } = settings;
  const squares = qrSquares(address);
  const dark = squares.flatMap((row, y) => row.flatMap((isDark, x) => isDark ? [`M${x} ${y}h1v1h-1z`] : [])).join("");
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", words.inviteOthers);
  const copy = async ({ target }: Event) => {
    if (await putIntoClipboard(address)) (target as HTMLButtonElement).textContent = words.copied;
  };
  const chosen = ({ target }: Event) => (target as HTMLInputElement).select();
  render(
    html`
      <form method="dialog" class="invitation">
        <p>${words.inviteText}</p>
        <svg viewBox="0 0 ${squares.length} ${squares.length}" role="img" aria-label=${address}>
              ${svg`
                <rect width="100%" height="100%" fill="#fff"></rect>
                <path d=${dark} fill="#000"></path>
              `}
            </svg>
        <input readonly aria-label=${words.inviteOthers} .value=${address} @focus=${chosen}>
        <div class="buttons">
          <button type="button" @click=${copy}>${words.copy}</button>
          <button class="yes" value="">${words.close}</button>
        </div>
      </form>
    `,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  dialog.addEventListener("close", () => dialog.remove(), { once: true });
}
