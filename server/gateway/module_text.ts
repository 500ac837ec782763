/**
 * What a browser gets of a module.
 *
 * @module
 */

import { stripTypeScriptTypes } from "node:module";

/** Comments on lines of their own, which are a fifth of our modules. In these no line of a text begins as a comment does. */
const COMMENTS = /^[ \t]*(?:\/\*\*(?:[^*]|\*(?!\/))*\*\/|\/\/.*)[ \t]*\n/gm;

/** A module of TypeScript as one of JavaScript: without its types, and without the comments that have lines of their own. */
export function moduleText(source: string): string {
  return stripTypeScriptTypes(source).replaceAll(COMMENTS, "");
}
