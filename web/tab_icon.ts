/// <reference lib="dom" />
/**
 * The count in the icon of the page's tab. Each count is a file of its own, beside the mark: the page's policy permits no picture
 * that is not a file, so none can be drawn here.
 *
 * @module
 */

/** The highest count that the icon shows: at its size two digits can't be read. */
const MOST = 9;

/** The address of the icon with a count, relative to the page. */
export function tabIcon(count: number): string {
  return `./icons/${count === 0 ? "mark" : `unread-${count > MOST ? "more" : count}`}.svg`;
}

/** Shows a count in the icon; none for 0. Nothing is set that is so already. */
export function setTabIcon(count: number): void {
  const link = document.querySelector('link[rel="icon"]');
  const icon = tabIcon(count);
  if (link !== null && link.getAttribute("href") !== icon) link.setAttribute("href", icon);
}
