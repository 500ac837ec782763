/**
 * Deno itself for the archives: npm's packages for each platform, at the version that made and tested the programs.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { runTool } from "./tools.ts";

/** A platform that there is an archive for. */
export interface Platform {
  /** As the archive's name has it. */
  name: string;
  /** npm's package. */
  package: string;
  /** The file in it. */
  file: "deno" | "deno.exe";
  /** Of the package, as npm writes it: a package that is another one is refused, whatever the registry says. */
  integrity: string;
}

/** The version that these sums are of. */
export const DENO = "2.9.6";

export const PLATFORMS: readonly Platform[] = [
  {
    name: "linux-x64",
    package: "@deno/linux-x64-glibc",
    file: "deno",
    integrity: "sha512-3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==",
  },
  {
    name: "linux-arm64",
    package: "@deno/linux-arm64-glibc",
    file: "deno",
    integrity: "sha512-poqhoH9B3nYloigEMPT5t8HY+wBeiuea1An5Q7fqgJzP0SYmWsoS/oUnWO/pEiA4ofzIBy1Elt/in58xKtxEoQ==",
  },
  {
    name: "macos-x64",
    package: "@deno/darwin-x64",
    file: "deno",
    integrity: "sha512-tPi3CWPRdjW1MaWlvWjORE7Ass5SADdWdj1BF1Q1PEdzi+5u/mC5YhmZzniMiPr81PpaFeqjXaLAsfb8lFsZ0Q==",
  },
  {
    name: "macos-arm64",
    package: "@deno/darwin-arm64",
    file: "deno",
    integrity: "sha512-V8uO1Aolrl/yvdMb5lOtgtigs8YuZBjrOrgviVMiYkQ0swymFfzkae1wZak4Xi24t7vf7d/eiMb/7ryjjVm+tg==",
  },
  {
    name: "windows-x64",
    package: "@deno/win32-x64",
    file: "deno.exe",
    integrity: "sha512-qRGnmVz/Ea6UWPht/S3xFRK17UZ/ls38DSVfgGB17fpASLxPkksqzWUI/BzL9YYoOknYzfc94mySGyInZu/JXw==",
  },
];

/** Whether a package is the one that these sums are of. */
export function isIntact(tarball: Uint8Array, integrity: string): boolean {
  return `sha512-${createHash("sha512").update(tarball).digest("base64")}` === integrity;
}

/**
 * Brings Deno for a platform, by npm.
 *
 * @param folder An empty one for it.
 * @returns The path of the program.
 * @throws {Error} If npm has no such package, or another one.
 */
export async function fetchDeno(platform: Platform, folder: string): Promise<string> {
  const spec = `${platform.package}@${DENO}`;
  const args = ["pack", "--json", "--prefer-offline", "--pack-destination", folder, spec];
  await runTool("npm", args, { cwd: folder });
  const [{ name }] = Deno.readDirSync(folder);
  const tarball = `${folder}/${name}`;
  if (!isIntact(await Deno.readFile(tarball), platform.integrity)) throw new Error(`${spec} is not the package it was`);
  await runTool("tar", ["-xzf", tarball, "-C", folder, `package/${platform.file}`]);
  await Deno.remove(tarball);
  return `${folder}/package/${platform.file}`;
}
