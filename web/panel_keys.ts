/// <reference lib="dom" />
/**
 * The keys in a panel that lists what was found: arrows go through the hits, and Escape closes the panel.
 *
 * @module
 */

/** Takes a key that is pressed in a panel. @param close Closes the panel. */
export function panelKeyed(panel: HTMLElement, event: KeyboardEvent, close: () => void): void {
  const { key, target } = event;
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (key === "Escape") close();
  else if ((key === "ArrowDown" || key === "ArrowUp") && !isMovedByArrows(target)) {
    move(panel, key === "ArrowDown" ? 1 : -1, target);
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Whether the arrows change what stands in a field. */
function isMovedByArrows(target: EventTarget | null): boolean {
  return target instanceof HTMLSelectElement || (target instanceof HTMLInputElement && target.type === "date");
}

/** Moves the focus among the hits; above the first one is the field. */
function move(panel: HTMLElement, step: number, target: EventTarget | null): void {
  const hits = [...panel.querySelectorAll<HTMLElement>(".hit, .more-hits")];
  const at = hits.indexOf(target as HTMLElement);
  const next = at < 0 ? (step > 0 ? hits[0] : undefined) : hits[at + step];
  if (next !== undefined) next.focus();
  else if (step < 0) panel.querySelector<HTMLElement>("input[type=search]")?.focus();
}
