/**
 * The npm packages that the page may load: where their files lie, and the import map that leads a browser to them.
 *
 * @module
 */

import { createRequire } from "node:module";
import { fromFileUrl } from "@std/path/from-file-url";

/** A package as a browser sees it: by its name, or by a name that leads to one of its files. */
interface Package {
  /** Names that code imports, each with the file that it means. */
  names: Record<string, string>;
  /** Where code may also import `NAME/file`. */
  hasFiles?: true;
  /** The package that brings it, where that is not this project. */
  of?: string;
}

/**
 * All of them. The files are those that are made for a browser, which is not always what Deno resolves to. Nothing of a
 * package but its modules and its data is served.
 */
const PACKAGES: Record<string, Package> = {
  "lit": { names: { "lit": "index.js" }, hasFiles: true },
  "lit-html": { names: { "lit-html": "lit-html.js" }, hasFiles: true, of: "lit" },
  "lit-element": { names: { "lit-element": "index.js" }, hasFiles: true, of: "lit" },
  "@lit/reactive-element": { names: { "@lit/reactive-element": "reactive-element.js" }, hasFiles: true, of: "lit" },
  "deno-std": { names: { "@std/text/closest-string": "text/closest_string.js" } },
  "gemoji": { names: { "gemoji": "index.js" } },
  "linkifyjs": { names: { "linkifyjs": "dist/linkify.mjs" } },
  "emoji-picker-element": { names: { "emoji-picker-element": "index.js" }, hasFiles: true },
  "emoji-picker-element-data": { names: {}, hasFiles: true },
};

/** Where they are found: `/npm/NAME@VERSION/file`, so that what has been loaded once never needs to be asked for again. */
const PREFIX = "/npm/";
const FILE = /^\/npm\/((?:@[\w-]+\/)?[\w.-]+@[\w.+-]+)\/((?:[\w-]+\/)*[\w.-]+\.(?:js|mjs|json))$/;

/** The installed packages of the table. */
export interface Packages {
  /** The import map, as JSON. */
  importMap: string;
  /** The file that a path means, as an absolute path; undefined where it means none. */
  file(path: string): string | undefined;
  /** The path of what a module imports by this name; undefined where it is none of the packages'. */
  path(name: string): string | undefined;
}

/** The folder of a package: the part of one of its files' address that ends with its name. */
function folderOf(name: string, file: string): string {
  const end = `/node_modules/${name}/`;
  return file.slice(0, file.lastIndexOf(end) + end.length);
}

/** A file of each package that the project itself imports: of what else they export Deno resolves nothing. */
const RESOLVED: Record<string, string> = {
  "deno-std": "@std/text/closest-string",
  "emoji-picker-element-data": "emoji-picker-element-data/en/emojibase/data.json",
};

/** Finds the packages among the installed ones. @throws {Error} Where one is not installed. */
export function findPackages(): Packages {
  const folders = new Map<string, string>();
  const imports: Record<string, string> = {};
  for (const [name, { names, hasFiles, of }] of Object.entries(PACKAGES)) {
    const own = fromFileUrl(import.meta.resolve(of ?? RESOLVED[name] ?? name));
    const folder = folderOf(name, of === undefined ? own : createRequire(own).resolve(name));
    const { version } = JSON.parse(Deno.readTextFileSync(`${folder}package.json`));
    folders.set(`${name}@${version}`, folder);
    for (const [specifier, file] of Object.entries(names)) imports[specifier] = `${PREFIX}${name}@${version}/${file}`;
    if (hasFiles) imports[`${name}/`] = `${PREFIX}${name}@${version}/`;
  }
  return {
    importMap: JSON.stringify({ imports }),
    file(path) {
      const match = FILE.exec(path);
      const folder = match === null ? undefined : folders.get(match[1]);
      return folder === undefined ? undefined : folder + match![2];
    },
    path(name) {
      if (Object.hasOwn(imports, name)) return imports[name];
      const folder = Object.keys(imports).find((key) => key.endsWith("/") && name.startsWith(key));
      return folder === undefined ? undefined : imports[folder] + name.slice(folder.length);
    },
  };
}
