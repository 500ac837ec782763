/// <reference lib="dom" />
/**
 * Puts texts where other programs paste from.
 *
 * @module
 */

/** Puts a text into the clipboard. @returns Whether the browser let it. */
export async function putIntoClipboard(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    const isDone = await navigator.clipboard.writeText(text).then(() => true, () => false);
    if (isDone) return true;
  }
  // A page that came without https has no such clipboard, but may say what is copied.
  const fill = (event: ClipboardEvent) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  addEventListener("copy", fill, { capture: true, once: true });
  const isDone = document.execCommand("copy");
  removeEventListener("copy", fill, { capture: true });
  return isDone;
}
