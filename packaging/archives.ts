/**
 * Archives that hold the programs and Deno, for machines that have neither Deno nor Node; and of those for Linux, files that
 * unpack themselves. Made twice from the same, they are the same bytes.
 *
 * @module
 */

import { createHash } from "node:crypto";
import config from "../deno.json" with { type: "json" };
import { filesBelow } from "./pack.ts";
import { ROOT } from "./bundle.ts";
import type { Platform } from "./deno_binaries.ts";
import { runTool } from "./tools.ts";

/** The time of all files, which is part of an archive: the first one that zip knows. */
const TIME = new Date("1980-01-01T00:00:00Z");

/** What `uname -s -m` says of the machines whose archives unpack themselves, and how such a file is called. */
const SELF_UNPACKING: Record<string, { machine: string; file: string }> = {
  "linux-x64": { machine: "Linux x86_64", file: "teahouse.run" },
  "linux-arm64": { machine: "Linux aarch64", file: "teahouse-arm64.run" },
};

/** What an archive is made of. */
export interface ArchiveOptions {
  platform: Pick<Platform, "name" | "file">;
  /** The path of Deno for that platform. */
  deno: string;
  /** The folder that has the programs, and gets the archive. */
  output: string;
  /** The names of files there that go into it. */
  files: string[];
  /** How hard to compress, 0 to 9; 6 when left out. */
  effort?: number;
}

/** Makes an archive. @returns The names of the files that were made: the archive, and one that unpacks itself. */
export async function makeArchive({ platform, deno, output, files, effort = 6 }: ArchiveOptions): Promise<string[]> {
  const name = `teahouse-${config.version}-${platform.name}`;
  const target = await Deno.realPath(output);
  const parent = await Deno.makeTempDir({ prefix: "teahouse-archive-" });
  const folder = `${parent}/${name}`;
  try {
    await Deno.mkdir(folder);
    const isWindows = platform.file === "deno.exe";
    const starters = isWindows ? ["teahouse.cmd", "tea.cmd"] : ["teahouse", "tea"];
    await Deno.copyFile(deno, `${folder}/${platform.file}`);
    for (const file of files) await Deno.copyFile(`${output}/${file}`, `${folder}/${file}`);
    for (const file of starters) await Deno.copyFile(`${ROOT}packaging/archive/${file}`, `${folder}/${file}`);
    for (const file of ["LICENSE", "README.md"]) await Deno.copyFile(ROOT + file, `${folder}/${file}`);
    for (const file of [...filesBelow(folder), ""]) {
      const isProgram = file === "" || file === platform.file || starters.includes(file);
      if (Deno.build.os !== "windows") await Deno.chmod(`${folder}/${file}`, isProgram ? 0o755 : 0o644);
      await Deno.utime(`${folder}/${file}`, TIME, TIME);
    }
    const archive = `${target}/${name}.${isWindows ? "zip" : "tar.xz"}`;
    await Deno.remove(archive).catch(() => {});
    if (isWindows) await zip(parent, name, archive, effort);
    else await tar(parent, name, archive, effort);
    const made = [archive.slice(target.length + 1)];
    const self = SELF_UNPACKING[platform.name];
    if (self !== undefined) {
      await unpackingItself(archive, self.machine, `${target}/${self.file}`);
      made.push(self.file);
    }
    return made;
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

async function tar(parent: string, name: string, archive: string, effort: number): Promise<void> {
  const same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--format=ustar"];
  // With several threads the bytes would depend on how many there are.
  const compressor = `--use-compress-program=xz -T1 -${effort}`;
  await runTool("tar", [...same, compressor, "-cf", archive, name], { cwd: parent });
}

async function zip(parent: string, name: string, archive: string, effort: number): Promise<void> {
  const paths = filesBelow(`${parent}/${name}`).map((file) => `${name}/${file}`);
  await runTool("zip", ["-q", "-X", `-${effort}`, archive, ...paths], { cwd: parent, env: { TZ: "UTC" } });
}

/** Writes a script with the archive behind it, which unpacks and starts it. */
async function unpackingItself(archive: string, machine: string, file: string): Promise<void> {
  const bytes = await Deno.readFile(archive);
  const sum = createHash("sha256").update(bytes).digest("hex");
  const values: Record<string, string> = { "@SUM@": sum, "@BYTES@": `${bytes.length}`, "@MACHINE@": `'${machine}'` };
  const script = await Deno.readTextFile(`${ROOT}packaging/archive/run.sh`);
  await Deno.writeTextFile(file, script.replace(/@(?:SUM|BYTES|MACHINE)@/g, (word) => values[word]));
  await Deno.writeFile(file, bytes, { append: true });
  await Deno.chmod(file, 0o755);
}

/** Writes SHA256SUMS for the files of a folder, as `sha256sum --check` reads it. */
export async function writeSums(output: string): Promise<void> {
  const lines: string[] = [];
  for (const name of [...Deno.readDirSync(output)].filter(({ isFile }) => isFile).map(({ name }) => name).sort()) {
    if (name === "SHA256SUMS") continue;
    const sum = createHash("sha256").update(await Deno.readFile(`${output}/${name}`)).digest("hex");
    lines.push(`${sum}  ${name}\n`);
  }
  await Deno.writeTextFile(`${output}/SHA256SUMS`, lines.join(""));
}
