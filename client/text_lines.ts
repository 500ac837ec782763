/** A text without what a message of IRC cannot hold. Pure. */

/** A text whose lines end with line feeds, without what else a message of several lines cannot hold. */
export function linesOf(text: string): string {
  return text.replaceAll("\0", "").replace(/\r\n?/g, "\n");
}

/** A text without what a line of IRC cannot hold. */
export function oneLine(text: string): string {
  return text.replaceAll("\0", "").replace(/\r\n|\r|\n/g, " ");
}
