/**
 * Joins modules into one file, so that a browser asks once where it would ask 150 times.
 *
 * Each module becomes a function that is called where the module would have run, behind those that it imports. What it gives
 * is kept in one table, `$modules`. A file that is loaded later imports that table from the first one, so that there is each
 * module once, with its state.
 *
 * This is less than a bundler does, and enough for modules that keep three rules: they do not import each other in a circle; an
 * exported variable never gets another value; and `await` stands in functions only. A module that breaks one of the first two
 * can't be joined.
 *
 * @module
 */

import { parse } from "es-module-lexer";

/** The name of the table in the joined files. */
const TABLE = "$modules";

/** A module as a part of a joined file. */
export interface Part {
  /** The statement that runs it. */
  text: string;
  /** The paths of the modules that it imports as it loads, in their order. */
  imports: string[];
  /** The paths of the modules that it may load later. */
  later: string[];
  /** What it exports by name. What it passes on with `export *` is not among it. */
  names: string[];
}

/** What stands before the name that is exported, up to the name. */
const DECLARED = /export\s+(?:async\s+)?(?:function\s*\*?|class|const)\s+/y;
const LISTED = /export\s*\{[^{}]*/y;
const DEFAULT = /export\s+(?=default\b)/y;

/** A static import, or what is exported out of another module: its names up to the name of the other module. */
const IMPORTED = /^import\s*(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)\s*)?(?:\{([^}]*)\}\s*)?(?:from\s*)?$/;
const PASSED_ON = /^export\s*(?:\*\s*(?:as\s+([\w$]+)\s*)?|\{([^}]*)\}\s*)from\s*$/;

/**
 * The name of the file into which a module is joined with all that it needs: `web.main.js` for `/web/main.ts`. These files lie
 * in one folder, so each finds another by its name.
 */
export function joinedName(path: string): string {
  return `${path.slice(1, -".ts".length).replaceAll("/", ".")}.js`;
}

/** `a, b as c` as the members of a pattern or of an object: `a, b: c`, or the other way round. */
function members(list: string, isObject: boolean): string[] {
  return list.split(",").map((name) => name.trim()).filter((name) => name !== "").map((name) => {
    const [from, to = from] = name.split(/\s+as\s+/);
    return isObject ? `${to}: ${from}` : `${from}: ${to}`;
  });
}

/**
 * Makes a module a part of a joined file.
 *
 * @param path The module's path.
 * @param source Its text, as JavaScript.
 * @param resolve Finds the path that a name means in this module; undefined if it means none.
 * @throws {Error} If the module can't be joined.
 */
export function partOf(path: string, source: string, resolve: (name: string) => string | undefined): Part {
  const fail = (what: string) => new Error(`Cannot join ${path}: ${what}`);
  const [imported, exported] = parse(source);
  const part: Part = { text: "", imports: [], later: [], names: [] };
  const given: string[] = [];
  const edits: { start: number; end: number; text: string }[] = [];
  const statements: [start: number, end: number][] = [];

  for (const { n: name, d: dynamic, s, e, ss, se } of imported) {
    if (name === undefined || dynamic === -2) continue;
    const other = resolve(name);
    if (dynamic >= 0) {
      if (other === undefined || !other.endsWith(".ts")) continue;
      part.later.push(other);
      edits.push({ start: s, end: e, text: JSON.stringify(`./${joinedName(other)}`) });
      continue;
    }
    if (other === undefined) throw fail(`there is no "${name}"`);
    part.imports.push(other);
    const from = `${TABLE}[${JSON.stringify(other)}]`;
    const head = source.slice(ss, s - 1);
    statements.push([ss, se]);
    const [isImport, own, all, list] = IMPORTED.exec(head) ?? [];
    if (isImport !== undefined) {
      const names = members(list ?? "", false);
      if (own !== undefined) names.unshift(`default: ${own}`);
      const patterns = [
        ...(all === undefined ? [] : [all]),
        ...(names.length === 0 ? [] : [`{ ${names.join(", ")} }`]),
      ];
      edits.push({ start: ss, end: se, text: patterns.map((pattern) => `const ${pattern} = ${from};`).join(" ") });
      continue;
    }
    const [isPassedOn, as, some] = PASSED_ON.exec(head) ?? [];
    if (isPassedOn === undefined) throw fail(`"${head}" is not understood`);
    if (some !== undefined) given.push(...members(some, true).map((member) => member.replace(": ", `: ${from}.`)));
    else given.push(as === undefined ? `...${from}` : `${as}: ${from}`);
    edits.push({ start: ss, end: se, text: "" });
  }

  for (const { n: name, ln: local, s } of exported) {
    part.names.push(name);
    if (statements.some(([start, end]) => start <= s && s < end)) continue;
    const [start, way] = exportBefore(source, s) ?? [];
    if (start === undefined) throw fail(`the way in which it exports ${name} is not understood`);
    given.push(`${name}: ${way === DEFAULT ? "$default" : local ?? name}`);
    if (way === DECLARED) edits.push({ start, end: start + "export".length, text: "" });
    else if (way === DEFAULT) edits.push({ start, end: s + "default".length, text: "const $default =" });
    else if (!edits.some((edit) => edit.start === start)) {
      edits.push({ start, end: source.indexOf("}", s) + 1, text: "" });
    }
  }

  let at = 0;
  let body = "";
  for (const { start, end, text } of edits.sort((a, b) => a.start - b.start)) {
    body += source.slice(at, start) + text;
    at = end;
  }
  body += source.slice(at);
  part.text = `${TABLE}[${JSON.stringify(path)}] ??= (() => {\n${body}\nreturn { ${given.join(", ")} };\n})();\n`;
  return part;
}

/** Where the statement begins that exports the name at a place, and in which way it does. */
function exportBefore(source: string, place: number): [start: number, way: RegExp] | undefined {
  for (let start = source.lastIndexOf("export", place); start >= 0; start = source.lastIndexOf("export", start - 1)) {
    for (const way of [DECLARED, LISTED, DEFAULT]) {
      way.lastIndex = start;
      const [found] = way.exec(source) ?? [];
      if (found !== undefined && (way === LISTED ? start + found.length >= place : start + found.length === place)) {
        return [start, way];
      }
    }
    if (start === 0) return undefined;
  }
}

/** The parts of a module and of all that it imports as it loads, each behind those that it imports. @throws {Error} If they go in a circle. */
export async function inOrder(entry: string, find: (path: string) => Promise<Part>): Promise<Map<string, Part>> {
  const done = new Map<string, Part>();
  const open = new Set<string>();
  const visit = async (path: string): Promise<void> => {
    if (done.has(path)) return;
    if (open.has(path)) throw new Error(`Cannot join ${path}: it imports itself by way of others`);
    open.add(path);
    const part = await find(path);
    for (const other of part.imports) await visit(other);
    done.set(path, part);
  };
  await visit(entry);
  return done;
}

/**
 * The text of a joined file.
 *
 * @param entry The path of the module that it begins with, whose exports are its own.
 * @param parts The modules in it, in the order in which they run.
 * @param first The name of the file that has the table; left out for that file itself.
 */
export function joinedText(entry: string, parts: ReadonlyMap<string, Part>, first?: string): string {
  const head = first === undefined ? `export const ${TABLE} = {};` : `import { ${TABLE} } from "./${first}";`;
  const texts = [...parts.values()].map(({ text }) => text);
  const names = parts.get(entry)?.names ?? [];
  const exported = names.length === 0
    ? ""
    : `export const { ${names.join(", ")} } = ${TABLE}[${JSON.stringify(entry)}];\n`;
  return `${head}\n${texts.join("")}${exported}`;
}
