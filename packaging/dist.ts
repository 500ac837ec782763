/**
 * Makes everything that is handed out: `deno run -A packaging/dist.ts [--without-archives] [FOLDER]`. The folder is dist/ where
 * none is named. The archives take some minutes, and npm brings Deno for each platform.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { makeArchive, writeSums } from "./archives.ts";
import { bundlePrograms, PROGRAMS, ROOT } from "./bundle.ts";
import { fetchDeno, PLATFORMS } from "./deno_binaries.ts";
import { manualPages } from "./man.ts";
import { packNpm } from "./npm_package.ts";

/** What lies in the repository as it is handed out. */
const UNIT = "teahouse.service";

/** Makes what takes seconds: the programs, the manual pages, the unit, the npm package. @param output The folder for it. */
export async function makeLight(output: string): Promise<{ files: string[]; tarball: string }> {
  await Deno.mkdir(output, { recursive: true });
  await bundlePrograms(output);
  const pages = await manualPages();
  for (const [file, text] of pages) await Deno.writeTextFile(`${output}/${file}`, text);
  await Deno.copyFile(`${ROOT}packaging/systemd/${UNIT}`, `${output}/${UNIT}`);
  const programs = Object.values(PROGRAMS);
  const tarball = await packNpm(output, programs, [...pages.keys()]);
  return { files: [...programs, ...pages.keys(), UNIT], tarball };
}

/** Makes the archives of all platforms. @param files What they hold. */
async function makeArchives(output: string, files: string[]): Promise<void> {
  for (const platform of PLATFORMS) {
    const folder = await Deno.makeTempDir({ prefix: "teahouse-deno-" });
    try {
      const deno = await fetchDeno(platform, folder);
      await makeArchive({ platform, deno, output, files });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
}

if (import.meta.main) {
  const { "without-archives": isLight, _: [output = `${ROOT}dist`] } = parseArgs(Deno.args, {
    boolean: ["without-archives"],
    string: ["_"],
  });
  const { files } = await makeLight(output);
  if (!isLight) await makeArchives(output, files);
  await writeSums(output);
  for (const { name } of [...Deno.readDirSync(output)].sort((a, b) => a.name < b.name ? -1 : 1)) {
    console.log(`${name} ${Math.ceil(Deno.statSync(`${output}/${name}`).size / 1000)} KB`);
  }
}
