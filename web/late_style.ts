/// <reference lib="dom" />
/**
 * Loads a style sheet that belongs to a part of the page which is loaded when it is first needed.
 *
 * @module
 */

const loading = new Map<string, Promise<void>>();

/** The style sheets of all that shows files, and calls. */
export const FILE_STYLE = "./style/files.css";
export const CALL_STYLE = "./style/calls.css";

/** Loads it, once. Resolves when it is in force; rejects where it can't be loaded, and may then be tried again. */
export function loadStyle(path: string): Promise<void> {
  let promise = loading.get(path);
  if (promise !== undefined) return promise;
  promise = new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: path });
    link.onload = () => resolve();
    link.onerror = () => {
      link.remove();
      loading.delete(path);
      reject(new Error(`Cannot load ${path}`));
    };
    document.head.append(link);
  });
  loading.set(path, promise);
  return promise;
}
