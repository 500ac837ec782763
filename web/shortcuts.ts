/// <reference lib="dom" />
/**
 * The keys that open something from anywhere on the page: the palette, the list of keys, and the settings.
 *
 * @module
 */

import { isMac } from "./keyboard.ts";
import type { PageActions } from "./palette.ts";
import type { Stay } from "./stay.ts";

/**
 * Shows the palette by Ctrl+K, the list of keys by `?` outside of a field and by Ctrl+/, and the settings by Ctrl+comma. On a Mac
 * Command stands for Ctrl.
 */
export function openByKey(event: KeyboardEvent, stay: Stay | undefined, actions: PageActions): void {
  const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event;
  if (stay?.isIn !== true) return;
  const isField = target instanceof Element && target.matches("input, textarea, select");
  const isCommand = (ctrlKey || metaKey) && !altKey && !shiftKey;
  const open = (isCommand && key.toLowerCase() === "k")
    ? () => stay.load(import("./palette.ts"), ({ showPalette }) => showPalette(stay, actions))
    : (isCommand && key === "/") || (key === "?" && !isField && !ctrlKey && !metaKey)
    ? () => stay.load(import("./keys.ts"), ({ showKeys }) => showKeys())
    : isCommand && (ctrlKey || isMac()) && key === ","
    ? () => stay.load(import("./settings_dialog.ts"), ({ showSettings }) => showSettings(stay))
    : undefined;
  if (open === undefined || document.querySelector("dialog[open]") !== null) return;
  event.preventDefault();
  void open();
}
