/// <reference lib="dom" />
/**
 * The arrow keys in a talk: up and down go from line to line, right and left through the buttons and links of a line.
 *
 * @module
 */

/** What the focus goes to: what was said, and the card that meets a person. */
const ROWS = ".said, .card-row";

/**
 * Moves the focus as a key says.
 *
 * @param talk Holds the lines.
 * @returns Whether the key is one that moves the focus, though there may be nothing to move it to.
 */
export function moveFocus(talk: HTMLElement, { key, target }: KeyboardEvent): boolean {
  const row = target instanceof Element ? target.closest<HTMLElement>(ROWS) : null;
  const rows = () => [...talk.querySelectorAll<HTMLElement>(ROWS)];
  const buttons = () => [...row?.querySelectorAll<HTMLElement>("button, a, [role=slider]") ?? []];
  const step = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
  const next = (all: HTMLElement[], element: unknown): HTMLElement | undefined =>
    all[all.indexOf(element as HTMLElement) + step];
  const moves: Record<string, () => HTMLElement | undefined> = {
    ArrowUp: () => row === null ? rows().at(-1) : next(rows(), row),
    ArrowDown: () => row === null ? undefined : next(rows(), row),
    ArrowRight: () => next(buttons(), target),
    ArrowLeft: () => next(buttons(), target) ?? row ?? undefined,
  };
  if (!Object.hasOwn(moves, key)) return false;
  moves[key]()?.focus();
  return true;
}
