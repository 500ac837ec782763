/**
 * The modules that are production code.
 *
 * @module
 */

/** The project's folder. */
export const ROOT = new URL("..", import.meta.url);

/** What a program needs that is run from a command line: its flags, the files that they name, the npx before it. */
export const PROGRAM: readonly string[] = ["shared/flags.ts", "shared/named_file.ts", "shared/parent.ts"];

/** What both programs say to others in the same way, and the page does not: certificates, and the names of files. */
export const SAID_BY_PROGRAMS: readonly string[] = ["shared/pem.ts", "shared/disposition.ts"];

/** The folders and files that are production code; tests, their helpers and `bench/` may import what they like. */
const PRODUCTION = [
  "server.ts",
  "client.ts",
  "protocol.ts",
  "shared",
  "emoji",
  "server",
  "client",
  "terminal",
  "web",
];

/** The modules below a folder, or the file itself. */
async function* modulesOf(path: string): AsyncGenerator<string> {
  if (path.endsWith(".ts")) {
    if (!path.endsWith("_test.ts") && !path.endsWith("/testing.ts")) yield path;
    return;
  }
  for await (const { name, isDirectory } of Deno.readDir(new URL(path, ROOT))) {
    if (isDirectory || name.endsWith(".ts")) yield* modulesOf(`${path}/${name}`);
  }
}

/** The paths of all production modules, relative to `ROOT`. */
export async function* productionModules(): AsyncGenerator<string> {
  for (const path of PRODUCTION) yield* modulesOf(path);
}
