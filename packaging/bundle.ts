/**
 * Makes each program one file: a copy of the sources, in which two modules that read files are replaced by ones that carry
 * them, is bundled by `deno bundle`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path/from-file-url";
import { filesBelow, packAssets, packBytes } from "./pack.ts";

/** The project's folder. */
export const ROOT = fromFileUrl(new URL("..", import.meta.url));

/** What the programs are made of. */
const SOURCES = ["server.ts", "client.ts", "protocol.ts", "deno.json", "deno.lock"];
const FOLDERS = ["server", "shared", "client", "terminal", "emoji", "web", "packaging"];

/** The programs, and the files that they become. */
export const PROGRAMS = { "server.ts": "teahouse.js", "client.ts": "tea.js" };

/** What the sources say of how they are started, and what the programs say in its place. */
const WORDS = {
  "deno run -A server.ts": "teahouse",
  "deno run -A client.ts": "tea",
  "console.error(`server.ts: ": "console.error(`teahouse: ",
};

/** Serves the packed table under the name of the module that reads files. */
const ASSETS = `
import { PackedAssets } from "../../packaging/packed_assets.ts";
import table from "./table.json" with { type: "json" };
export class Assets extends PackedAssets {
  constructor(options) {
    super(table, options);
  }
}
`;

/** server/own_files.ts, with the files in it. */
function ownFiles(confusables: Uint8Array, checkpoint: Uint8Array): string {
  return `
import { brotliDecompressSync } from "node:zlib";
import { decodeBase85 } from "../packaging/base85.ts";
const packed = decodeBase85(${JSON.stringify(packBytes(confusables))});
export const CONFUSABLES = new TextDecoder().decode(brotliDecompressSync(packed));
export const CHECKPOINT = new URL(${JSON.stringify(`data:text/javascript;base64,${checkpoint.toBase64()}`)});
`;
}

/** Runs `deno bundle`. @throws {Error} With what it printed, if it fails. */
async function bundle(folder: string, source: string, output: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "deno", "--minify", "--frozen", "-o", output, source],
    cwd: folder,
    stdin: "null",
  }).output();
  if (!success) throw new Error(`deno bundle ${source}: ${new TextDecoder().decode(stderr)}`);
}

/** Bundles all programs into a folder, which must be there. */
export async function bundlePrograms(output: string): Promise<void> {
  const target = await Deno.realPath(output);
  const folder = await Deno.makeTempDir({ prefix: "teahouse-dist-" });
  try {
    for (const file of SOURCES) await Deno.copyFile(ROOT + file, `${folder}/${file}`);
    for (const name of FOLDERS) await copyFolder(ROOT + name, `${folder}/${name}`);
    await Deno.symlink(await Deno.realPath(`${ROOT}node_modules`), `${folder}/node_modules`);

    for (
      const file of [...Object.keys(PROGRAMS), ...modulesBelow(folder, "server"), ...modulesBelow(folder, "terminal")]
    ) {
      await renameIn(`${folder}/${file}`);
    }
    await bundle(folder, "server/store/checkpoint.ts", `${folder}/checkpoint.js`);
    const confusables = await Deno.readFile(new URL(import.meta.resolve("unhomoglyph/data.json")));
    const checkpoint = await Deno.readFile(`${folder}/checkpoint.js`);
    await Deno.writeTextFile(`${folder}/server/own_files.ts`, ownFiles(confusables, checkpoint));
    await Deno.writeTextFile(`${folder}/server/gateway/table.json`, JSON.stringify(await packAssets(ROOT)));
    await Deno.writeTextFile(`${folder}/server/gateway/assets.ts`, ASSETS);
    for (const [source, file] of Object.entries(PROGRAMS)) await bundle(folder, source, `${target}/${file}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function modulesBelow(folder: string, name: string): string[] {
  return filesBelow(`${folder}/${name}`).map((file) => `${name}/${file}`).filter((file) => file.endsWith(".ts"));
}

/** Has a module of the copy call the programs by their names. */
async function renameIn(file: string): Promise<void> {
  const text = await Deno.readTextFile(file);
  const renamed = Object.entries(WORDS).reduce((text, [words, others]) => text.replaceAll(words, others), text);
  if (renamed !== text) await Deno.writeTextFile(file, renamed);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
