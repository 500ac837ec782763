/**
 * Makes everything that is handed out, in dist/.
 *
 * @module
 */

import { bundlePrograms, ROOT } from "./bundle.ts";

/** Where it is put, if the command line names no other folder. */
const output = Deno.args[0] ?? `${ROOT}dist`;

await Deno.mkdir(output, { recursive: true });
await bundlePrograms(output);
for (const { name } of [...Deno.readDirSync(output)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  console.log(`${name} ${Math.ceil(Deno.statSync(`${output}/${name}`).size / 1000)} KB`);
}
