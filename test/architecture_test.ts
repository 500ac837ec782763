/**
 * What ARCHITECTURE.md says of the files is so: its map names every module, all files that it names exist, and the rule how
 * to answer is the one above the code.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { productionModules, ROOT } from "./modules.ts";

const TEXT = await Deno.readTextFile(new URL("ARCHITECTURE.md", ROOT));

/** The text of a section, without its heading. */
function sectionOf(heading: string): string {
  const section = TEXT.split(/^## /m).find((section) => section.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`ARCHITECTURE.md has no section "${heading}"`);
  return section.slice(heading.length);
}

/**
 * The files that the map names. A line with four spaces before it names a file of the project's folder, or a folder; one with
 * six names a file of the last folder.
 */
function filesOfMap(map: string): string[] {
  const files: string[] = [];
  let folder = "";
  for (const [, indent, name] of map.matchAll(/^( {4}| {6})(\S+)/gm)) {
    if (indent.length === 6) files.push(folder + name);
    else if (name.endsWith("/")) folder = name;
    else files.push(name);
  }
  return files;
}

/** The paths of all files below a folder, but for what is installed or hidden. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder || ".", ROOT))) {
    if (name === "node_modules" || name.startsWith(".")) continue;
    if (isDirectory) yield* filesBelow(`${folder}${name}/`);
    else yield folder + name;
  }
}

const all = await Array.fromAsync(filesBelow(""));
const named = filesOfMap(sectionOf("The map"));

Deno.test("the map names every module once: one that is new is added there, in the order of a message's way", async () => {
  const modules = await Array.fromAsync(productionModules());
  assertEquals(named.filter((file) => file.endsWith(".ts")).sort(), modules.sort());
});

Deno.test("the map names no file that does not exist", () => {
  assertEquals(named.filter((file) => !all.includes(file)), []);
});

Deno.test("each file that the text names exists", () => {
  const text = TEXT.replace(sectionOf("The map"), "");
  const files = [...text.matchAll(/[\w/]+\.(?:ts|css|html|svg)\b/g)].map(([file]) => file);
  const isThere = (file: string) => all.some((path) => path === file || path.endsWith(`/${file}`));
  assertEquals([...new Set(files)].filter((file) => !isThere(file)), []);
});

Deno.test("the rule how to answer is the one at the head of server/room/reply.ts", async () => {
  const source = await Deno.readTextFile(new URL("server/room/reply.ts", ROOT));
  const head = source.slice(0, source.indexOf("*/")).replaceAll("\n *", "\n");
  const rulesOf = (text: string) =>
    [...text.matchAll(/^ ?- .*(?:\n {2,3}\S.*)*/gm)].map(([rule]) => rule.trim().replaceAll(/\s+/g, " "));
  assertEquals(rulesOf(head), rulesOf(sectionOf("How to answer")));
});
