/**
 * The npm package: the two programs, and launchers that run them on the Deno that npm installs with them.
 *
 * @module
 */

import config from "../deno.json" with { type: "json" };
import { ROOT } from "./bundle.ts";
import { runTool } from "./tools.ts";

/** The launchers, and how the commands are called. */
const COMMANDS = { teahouse: "teahouse.mjs", tea: "tea.mjs" };
const LAUNCHERS = ["launcher.mjs", ...Object.values(COMMANDS)];

/** Its own name, by which `npx` finds it. */
const NAME = "teahouse";

/** What the package says of itself. @param files What it holds beside LICENSE and README.md. */
function manifest(files: string[], pages: string[]): Record<string, unknown> {
  return {
    name: NAME,
    version: config.version,
    description: "A chat room of your own: an IRC server with a page, and a client for the terminal",
    keywords: ["irc", "chat", "self-hosted", "server", "terminal"],
    license: config.license,
    type: "module",
    bin: COMMANDS,
    files,
    man: pages.map((page) => `./${page}`),
    engines: { node: ">=18" },
    // The one that it was made and tested with.
    dependencies: { deno: Deno.version.deno },
  };
}

/**
 * Makes the package, a `.tgz` file that npm installs.
 *
 * @param output The folder that has the programs, and gets the package.
 * @param programs Their names there.
 * @param pages The names of the manual pages there.
 * @returns The file's name.
 */
export async function packNpm(output: string, programs: string[], pages: string[]): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "teahouse-npm-" });
  try {
    for (const file of [...programs, ...pages]) await Deno.copyFile(`${output}/${file}`, `${folder}/${file}`);
    for (const file of LAUNCHERS) await Deno.copyFile(`${ROOT}packaging/npm/${file}`, `${folder}/${file}`);
    for (const file of ["LICENSE", "README.md"]) await Deno.copyFile(ROOT + file, `${folder}/${file}`);
    const files = [...programs, ...LAUNCHERS, ...pages];
    await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify(manifest(files, pages), undefined, 2) + "\n");
    const target = await Deno.realPath(output);
    await runTool("npm", ["pack", "--silent", "--offline", "--pack-destination", target], { cwd: folder });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  return `${NAME}-${config.version}.tgz`;
}
