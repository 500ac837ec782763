/**
 * What the tests of this folder are about: the files that `deno task dist` makes.
 *
 * @module
 */

import { makeLight } from "../../packaging/dist.ts";
import { openFolder, packedProgram, type ServerProgram } from "../room.ts";

/** The files, in a folder that goes with the tests. */
export interface HandedOut {
  folder: string;
  /** Those of an archive, without Deno. */
  files: string[];
  /** The path of the npm package. */
  tarball: string;
}

let made: Promise<HandedOut> | undefined;

/** Makes all but the archives, once for a file of tests. */
export function handedOut(): Promise<HandedOut> {
  return made ??= make();
}

async function make(): Promise<HandedOut> {
  const folder = await Deno.makeTempDir({ prefix: "teahouse-dist-" });
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const { files, tarball } = await makeLight(folder);
  return { folder, files, tarball: `${folder}/${tarball}` };
}

/** A folder in which there is one program and nothing else. */
export async function openAlone(
  file: "teahouse.js" | "tea.js",
): Promise<AsyncDisposable & { path: string; program: ServerProgram }> {
  const folder = await openFolder();
  await Deno.copyFile(`${(await handedOut()).folder}/${file}`, `${folder.path}/${file}`);
  return { ...folder, program: packedProgram(`${folder.path}/${file}`) };
}
