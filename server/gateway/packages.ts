/**
 * The npm packages that the page may load: where their files lie, and the import map that leads a browser to them.
 *
 * @module
 */

import { createRequire } from "node:module";
import { fromFileUrl } from "@std/path/from-file-url";
import { EMOJI_NAMES } from "./emoji_names.ts";

/** A package as a browser sees it. */
interface Package {
  /** The names that code imports, each with the file that it means. */
  names: Record<string, string>;
  /** Which of its files are served: they may be imported as `NAME/file`, or by one another. */
  files: RegExp;
  /** The package that depends on it, if this project does not. */
  of?: string;
}

/** Modules for a browser: without those for other runtimes, and the long ones for whoever looks for a fault. */
const MODULES = /^(?!node\/|development\/).*\.js$/;

/** The languages whose words have colours, as web/highlight.ts has them. There are 160 more, which would make a packed program large. */
const LANGUAGES =
  "bash|c|cpp|csharp|css|diff|dockerfile|elixir|go|haskell|ini|java|javascript|json|kotlin|lua|makefile|" +
  "markdown|nginx|perl|php|powershell|python|r|ruby|rust|scala|shell|sql|swift|typescript|xml|yaml";

/**
 * All packages. Their files are those for a browser, which Deno does not always resolve to. Served files are kept in memory,
 * so of a package with much data only what the page uses is served.
 */
const PACKAGES: Record<string, Package> = {
  "lit": { names: { "lit": "index.js" }, files: MODULES },
  "lit-html": { names: { "lit-html": "lit-html.js" }, files: MODULES, of: "lit" },
  "lit-element": { names: { "lit-element": "index.js" }, files: MODULES, of: "lit" },
  "@lit/reactive-element": {
    names: { "@lit/reactive-element": "reactive-element.js" },
    files: MODULES,
    of: "lit",
  },
  "deno-std": { names: { "@std/text/closest-string": "text/closest_string.js" }, files: /^text\/\w+\.js$/ },
  "linkifyjs": { names: { "linkifyjs": "dist/linkify.mjs" }, files: /^dist\/linkify\.mjs$/ },
  "@highlightjs/cdn-assets": { names: {}, files: new RegExp(`^es/(?:core|languages/(?:${LANGUAGES}))\\.min\\.js$`) },
  "qrcode-generator": { names: { "qrcode-generator": "dist/qrcode.mjs" }, files: /^dist\/qrcode\.mjs$/ },
  "emoji-picker-element": { names: { "emoji-picker-element": "index.js" }, files: MODULES },
  "emoji-picker-element-data": { names: {}, files: /^(?:en|zh)\/emojibase\/data\.json$/ },
};

/** What is imported by these names page.ts makes: the packages' own files are much longer than what the page takes of them. */
const MADE: Record<string, string> = { "gemoji": EMOJI_NAMES };

/** Their paths: `/npm/NAME@VERSION/file`, so that a browser that has a file never needs to ask for it again. */
const PREFIX = "/npm/";
const FILE = /^\/npm\/((?:@[\w-]+\/)?[\w.-]+@[\w.+-]+)\/((?:[\w-]+\/)*[\w.-]+\.(?:js|mjs|json))$/;

/** The installed packages of the table. */
export interface Packages {
  /** The import map, as JSON; its paths are relative to the page. */
  importMap: string;
  /** The folder of each package, by the beginning of its paths. Both end with a slash. */
  folders: ReadonlyMap<string, string>;
  /** The file that a path means, as an absolute path; undefined if it means none. */
  file(path: string): string | undefined;
  /** The path of what a module imports by a name; undefined if no package has that name. */
  path(name: string): string | undefined;
}

/** The folder of a package: the beginning of a path of one of its files, up to the package's name. */
function folderOf(name: string, file: string): string {
  const end = `/node_modules/${name}/`;
  return file.slice(0, file.lastIndexOf(end) + end.length);
}

/** For packages that are not imported by their bare name, the name that is: Deno resolves no other. */
const RESOLVED: Record<string, string> = {
  "deno-std": "@std/text/closest-string",
  "@highlightjs/cdn-assets": "@highlightjs/cdn-assets/es/core.min.js",
  "emoji-picker-element-data": "emoji-picker-element-data/en/emojibase/data.json",
};

/** Finds the packages among the installed ones. @throws {Error} If one is not installed. */
export function findPackages(): Packages {
  const folders = new Map<string, { folder: string; files: RegExp }>();
  const imports: Record<string, string> = { ...MADE };
  for (const [name, { names, files, of }] of Object.entries(PACKAGES)) {
    const own = fromFileUrl(import.meta.resolve(of ?? RESOLVED[name] ?? name));
    const folder = folderOf(name, of === undefined ? own : createRequire(own).resolve(name));
    const { version } = JSON.parse(Deno.readTextFileSync(`${folder}package.json`));
    folders.set(`${name}@${version}`, { folder, files });
    for (const [specifier, file] of Object.entries(names)) imports[specifier] = `${PREFIX}${name}@${version}/${file}`;
    imports[`${name}/`] = `${PREFIX}${name}@${version}/`;
  }
  const relative = Object.fromEntries(Object.entries(imports).map(([name, path]) => [name, `.${path}`]));
  return {
    importMap: JSON.stringify({ imports: relative }),
    folders: new Map([...folders].map(([name, { folder }]) => [`${PREFIX}${name}/`, folder])),
    file(path) {
      const [, name, file] = FILE.exec(path) ?? [];
      const found = folders.get(name);
      return found?.files.test(file) ? found.folder + file : undefined;
    },
    path(name) {
      if (Object.hasOwn(imports, name)) return imports[name];
      const folder = Object.keys(imports).find((key) => key.endsWith("/") && name.startsWith(key));
      return folder === undefined ? undefined : imports[folder] + name.slice(folder.length);
    },
  };
}
