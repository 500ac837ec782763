/**
 * The archives, and the file that unpacks itself: made with the Deno of these tests, which is this platform's.
 *
 * @module
 */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeArchive, writeSums } from "../../packaging/archives.ts";
import { isIntact, PLATFORMS } from "../../packaging/deno_binaries.ts";
import config from "../../deno.json" with { type: "json" };
import { isInstalled, openFolder, openRoom, run, skipped } from "../room.ts";
import { handedOut } from "./handed_out.ts";

const PLATFORM = PLATFORMS.find(({ name }) => name === `linux-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`)!;
const NAME = `teahouse-${config.version}-${PLATFORM.name}`;
const TOOLS = ["tar", "xz", "sha256sum"];

/** A test that needs tools, on Linux; its name says which of them are missing. */
async function toolTest(tools: string[], name: string, test: () => Promise<void>): Promise<void> {
  const missing: string[] = [];
  for (const tool of tools) if (!await isInstalled(tool)) missing.push(tool);
  Deno.test(name + skipped(missing), { ignore: missing.length > 0 || Deno.build.os !== "linux" }, test);
}

/** Makes archives in a folder of their own. @param deno What stands for Deno; this one when left out. */
async function make(platform: { name: string; file: "deno" | "deno.exe" }, deno = Deno.execPath()) {
  const output = await openFolder();
  const { folder, files } = await handedOut();
  for (const file of files) await Deno.copyFile(`${folder}/${file}`, `${output.path}/${file}`);
  const made = await makeArchive({ platform, deno, output: output.path, files, effort: 0 });
  await writeSums(output.path);
  return { ...output, made };
}

/** Opens the room by a command, and a client by another one; both end as they should. */
async function opensAndJoins(cwd: string, server: string[], client: string[]): Promise<void> {
  // Nothing that a machine without Deno would not have.
  const env = { PATH: "/usr/bin:/bin", HOME: cwd, DENO_DIR: `${cwd}/deno-dir` };
  const state = await openFolder();
  await using room = await openRoom(["--db", `${state.path}/tea.db`], { program: { command: server, cwd, env } });
  const bob = await room.person("bob", { join: "#lobby" });
  const [program, ...args] = client;
  const flags = ["--no-device", "--nick", "kettle", "--server", room.address];
  const said = await run(program, [...args, ...flags], "tea is ready\n", { cwd, env });
  assertEquals([said.code, said.stderr], [0, ""]);
  await bob.sees(/^:kettle!\S+ PRIVMSG #lobby :tea is ready$/);
  room.kill("SIGTERM");
  assertEquals(await room.ended(), 0);
  assertEquals([...Deno.readDirSync(state.path)].filter(({ name }) => name.endsWith("-wal")), []);
  await state[Symbol.asyncDispose]();
}

await toolTest(
  TOOLS,
  "an archive opens the room where Deno is not installed, from anywhere and by a link",
  async () => {
    await using made = await make(PLATFORM);
    assertEquals(made.made[0], `${NAME}.tar.xz`);
    const sums = await run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], "", { cwd: made.path });
    assertEquals(sums.code, 0, sums.stderr);
    assertStringIncludes(await Deno.readTextFile(`${made.path}/SHA256SUMS`), `  ${NAME}.tar.xz\n`);

    await using there = await openFolder();
    assertEquals((await run("tar", ["-xJf", `${made.path}/${NAME}.tar.xz`], "", { cwd: there.path })).code, 0);
    const files = [...Deno.readDirSync(`${there.path}/${NAME}`)].map(({ name }) => name).sort();
    assertEquals(files, [
      ...["LICENSE", "README.md", "deno", "tea", "tea.1", "tea.js"],
      ...["teahouse", "teahouse.1", "teahouse.js", "teahouse.service"],
    ]);
    await Deno.symlink(`${there.path}/${NAME}/teahouse`, `${there.path}/room`);
    await opensAndJoins(there.path, [`${there.path}/room`], [`${there.path}/${NAME}/tea`]);
  },
);

await toolTest(
  TOOLS,
  "teahouse.run unpacks itself once, opens the room and joins it; one that is cut off says so",
  async () => {
    await using made = await make(PLATFORM);
    const [, file] = made.made;
    await using there = await openFolder();
    const itself = `${there.path}/teahouse.run`;
    await Deno.copyFile(`${made.path}/${file}`, itself);
    await opensAndJoins(there.path, [itself], [itself, "tea"]);
    const kept = `${there.path}/.cache/teahouse`;
    const [{ name }, ...others] = Deno.readDirSync(kept);
    assertMatch(name, /^[0-9a-f]{64}$/);
    assertEquals(others, []);
    const { mode } = await Deno.stat(kept);
    assertEquals(mode! & 0o077, 0);

    await Deno.truncate(itself, (await Deno.stat(itself)).size - 1);
    const env = { HOME: `${there.path}/new`, TEAHOUSE_UNPACKED: `${there.path}/elsewhere` };
    const cut = await run(itself, ["--version"], "", { cwd: there.path, env });
    assertEquals(cut.code, 1);
    assertMatch(cut.stderr, /: this file is damaged, or not all of it has been downloaded\n$/);
    assertEquals([...Deno.readDirSync(`${there.path}/elsewhere`)], []);
  },
);

/** A small file in place of Deno: what is compared is not what it does. */
async function archives(platform: { name: string; file: "deno" | "deno.exe" }): Promise<string> {
  await using stand = await openFolder();
  await Deno.writeTextFile(`${stand.path}/deno`, "not Deno");
  await using made = await make(platform, `${stand.path}/deno`);
  return await Deno.readTextFile(`${made.path}/SHA256SUMS`);
}

await toolTest([...TOOLS, "zip"], "made twice, the archive of each platform is the same bytes", async () => {
  for (const platform of PLATFORMS) {
    const sums = await archives(platform);
    assertMatch(sums, new RegExp(`^[0-9a-f]{64}  teahouse-${config.version}-${platform.name}\\.(tar\\.xz|zip)$`, "m"));
    assertEquals(await archives(platform), sums);
  }
});

Deno.test("a package with another Deno in it is refused", () => {
  const integrity = "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==";
  assertEquals(isIntact(new Uint8Array(), integrity), true);
  assertEquals(isIntact(Uint8Array.of(1), integrity), false);
});
