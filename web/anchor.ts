/// <reference lib="dom" />
/**
 * Where a reader is in a box that scrolls: measured by the rows in view, and found again when sizes have changed.
 *
 * @module
 */

/** A row that is in view: its height, and how much of it is above the box, below 0 where the row begins inside the box. */
export interface Anchor {
  key: unknown;
  height: number;
  above: number;
}

/** How much of a box's content is below its lower edge, in pixels. */
export function belowOf({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight;
}

/** All sizes on which it depends where a box can be scrolled to. */
export function sizesOf({ scrollHeight, clientHeight, clientWidth }: HTMLElement): string {
  return `${scrollHeight} ${clientHeight} ${clientWidth}`;
}

/**
 * The rows that are in view: first the lines, and of these first those that begin there. Older lines that are loaded may come
 * between a line and what stands above it: a date, or the unread line.
 */
export function anchorsIn(box: HTMLElement, rows: ReadonlyMap<unknown, HTMLElement>): Anchor[] {
  const { top, bottom } = box.getBoundingClientRect();
  const anchors: Anchor[] = [];
  for (const [key, element] of rows) {
    const row = element.getBoundingClientRect();
    if (row.bottom > top && row.top < bottom) anchors.push({ key, height: row.height, above: top - row.top });
  }
  const rank = ({ key, above }: Anchor) => (typeof key === "object" ? 0 : 2) + (above > 0 ? 1 : 0);
  return anchors.sort((a, b) => rank(a) - rank(b));
}

/** Scrolls a box so that a row is where it was; of a long row that is wrapped otherwise now, so that the same part is. */
export function restore(box: HTMLElement, { height, above }: Anchor, row: HTMLElement): void {
  const now = row.getBoundingClientRect();
  const wanted = above > 0 ? above * now.height / height : above;
  box.scrollTop += now.top - box.getBoundingClientRect().top + wanted;
}
