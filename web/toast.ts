/// <reference lib="dom" />
/**
 * Short messages that go away by themselves, or by a click. They stand in a column at the beginning of the talk's place, so that
 * they cover neither the call's bar above it, nor what was said last, nor the field below it.
 *
 * @module
 */

/** Milliseconds for which one is shown, and one with a button; and how many are shown at the most. */
const SHOWN = 4_000, SHOWN_TO_PRESS = 12_000, MOST = 3;

/** What has the talk's place: the lines, or the pictures of a call. */
const PLACES = "tea-log, .call-tiles.large";

/** Says where the column is: no element of the page has a style of its own, which a policy may forbid. */
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);

/** The column, while it holds any. */
let column: HTMLElement | undefined;

/** Puts the column where the talk is, and nowhere else where there is none. */
function put(): void {
  const places = [...document.querySelectorAll(PLACES)].map((place) => place.getBoundingClientRect());
  const place = places.find(({ height }) => height > 0);
  if (column === undefined || place === undefined) return;
  const { left, width, bottom } = place;
  // The button that leads to what is new stays free.
  const top = document.querySelector("tea-log > .above-new")?.getBoundingClientRect().bottom ?? place.top;
  sheet.replaceSync(`.toasts { inset: ${top}px auto auto ${left}px; width: ${width}px; height: ${bottom - top}px; }`);
}

/** Follows what changes the place: the window, the field, what stands above the talk. */
const moved = new ResizeObserver(put);

/** Makes the column, or brings it above what was opened meanwhile. */
function openColumn(): HTMLElement {
  if (column?.isConnected === true) column.hidePopover();
  else {
    column = document.createElement("div");
    column.className = "toasts";
    column.popover = "manual";
    (document.querySelector("main") ?? document.body).append(column);
    for (const place of document.querySelectorAll(PLACES)) moved.observe(place);
  }
  column.showPopover();
  put();
  return column;
}

function closeColumn(): void {
  moved.disconnect();
  column?.remove();
  column = undefined;
}

function drawButton({ label, press }: ToastButton): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", press);
  return button;
}

/** A button beside the words. */
export interface ToastButton {
  label: string;
  press: () => void;
}

/** Says something in a few words. @returns Takes them away before they go. */
export function toast(text: string, button?: ToastButton): () => void {
  const all = openColumn();
  for (const [i, before] of [...all.children].entries()) {
    if (before.firstChild?.textContent === text || i <= all.childElementCount - MOST) before.remove();
  }
  const shown = document.createElement("p");
  shown.className = "toast";
  shown.role = "status";
  all.append(shown);
  // A live region is read out where its text comes after it.
  shown.textContent = text;
  if (button !== undefined) shown.append(" ", drawButton(button));
  const remove = () => {
    shown.remove();
    if (column?.childElementCount === 0) closeColumn();
  };
  shown.addEventListener("click", remove);
  setTimeout(remove, button === undefined ? SHOWN : SHOWN_TO_PRESS);
  return remove;
}
