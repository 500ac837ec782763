/**
 * The npm package on a machine that has Node and npm only: what it installs opens the room, over TLS as well, and ends when it
 * is told to. Skipped where npm, or the registry that has Deno, is not there.
 *
 * @module
 */

import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { CLIENTS } from "../clients/over_tls.ts";
import { Terminals } from "../clients/programs.ts";
import { isInstalled, openFolder, run, type ServerProgram, skipped, until } from "../room.ts";
import { SecureRoom } from "../tls.ts";
import { handedOut } from "./handed_out.ts";

/** All that the machine has. `sh` is npm's, to start what it has installed. */
const PROGRAMS = ["node", "npm", "npx", "sh"];

/** How soon a room is closed after it has been told to end. Milliseconds. */
const CLOSES_IN = 4_000;

/** What is missing for these tests. */
async function missing(): Promise<string | undefined> {
  for (const program of PROGRAMS) if (!await isInstalled(program)) return `${program} is not installed`;
  const { code } = await run("npm", ["view", "--prefer-offline", `deno@${Deno.version.deno}`, "version"]);
  return code === 0 ? undefined : "npm does not reach its registry";
}

const absent = await missing();

/** The programs of other people that come in; one that is missing does not, and the test's name says so. */
const others = ["curl", "tmux", ...CLIENTS.map(({ program }) => program.needs)];
const has = new Map(await Promise.all(others.map(async (name) => [name, await isInstalled(name)] as const)));
const without = others.filter((name) => !has.get(name));

/** A folder in which the package has been installed, and nothing else is. */
class Installed implements AsyncDisposable {
  readonly #folder: Awaited<ReturnType<typeof openFolder>>;
  readonly #bin: Awaited<ReturnType<typeof openFolder>>;
  readonly env: Record<string, string>;

  private constructor(folder: Awaited<ReturnType<typeof openFolder>>, bin: Awaited<ReturnType<typeof openFolder>>) {
    this.#folder = folder;
    this.#bin = bin;
    // Where Deno has run before, it has kept what it then downloaded.
    this.env = { PATH: bin.path, DENO_DIR: `${bin.path}/deno` };
  }

  static async make(): Promise<Installed> {
    const installed = new Installed(await openFolder(), await openFolder());
    for (const program of PROGRAMS) {
      const { stdout } = await run("sh", ["-c", 'readlink -f "$(command -v "$1")"', "sh", program]);
      await Deno.symlink(stdout.trim(), `${installed.#bin.path}/${program}`);
    }
    const { tarball } = await handedOut();
    const { code, stderr } = await run(
      `${installed.#bin.path}/npm`,
      ["install", "--no-audit", "--no-fund", "--prefer-offline", tarball],
      "",
      { cwd: installed.path, env: installed.env },
    );
    assertEquals(code, 0, stderr);
    return installed;
  }

  get path(): string {
    return this.#folder.path;
  }

  /** @param command What a person writes in the folder. */
  server(...command: string[]): ServerProgram {
    const [program, ...args] = command;
    const path = program === "npx" ? `${this.#bin.path}/npx` : `${this.path}/${program}`;
    return { command: [path, ...args], cwd: this.path, env: this.env };
  }

  /** Opens the room; the folder goes with it. */
  open(...command: string[]): Promise<SecureRoom> {
    return SecureRoom.open(() => [], { program: this.server(...command) }, this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bin[Symbol.asyncDispose]();
  }
}

/** Waits until the port is free and the database closed: its log has then been written into it. */
async function isClosed(secure: SecureRoom): Promise<void> {
  await until("the end of the room", async () => {
    const files = [...Deno.readDirSync(secure.folder)].map(({ name }) => name);
    if (files.includes("tea.db-wal") || files.includes("tea.db-shm")) return undefined;
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: secure.room.port }).catch(() => undefined);
    conn?.close();
    return conn === undefined || undefined;
  });
  Deno.listen({ hostname: "127.0.0.1", port: secure.room.port }).close();
}

/** A test of the package; its name says why it is skipped, or what of it is. */
function npmTest(name: string, test: () => Promise<void>, left: string[] = []): void {
  const why = absent === undefined ? skipped(left).replace("skipped", "in part skipped") : ` (skipped: ${absent})`;
  Deno.test(`npm: ${name}${why}`, { ignore: absent !== undefined }, test);
}

npmTest(
  "npx opens the room; curl gets the page, irssi and WeeChat come in over TLS, both by its authority",
  async () => {
    await using there = await Installed.make();
    await using secure = await there.open("npx", "teahouse");
    const authority = `${secure.folder}/tea.db-tls/ca.pem`;
    const bob = await secure.room.person("bob", { join: "#lobby" });

    if (has.get("curl")) {
      const page = `https://localhost:${secure.pagePort}/`;
      const { code, stdout } = await run("curl", ["--silent", "--fail", "--cacert", authority, page]);
      assertEquals(code, 0);
      assertStringIncludes(stdout, "<title>");
    }
    await using terminals = new Terminals();
    for (const { program, start } of CLIENTS) {
      if (!has.get("tmux") || !has.get(program.needs)) continue;
      const nick = program.needs;
      const client = { ...program, start: (home: string) => start(home, secure.chatPort, nick, authority) };
      const terminal = await terminals.start(client, secure.room, nick);
      await secure.room.logs(`${nick} has come in`);
      await terminal.types("/join #lobby");
      await bob.sees(new RegExp(`^:${nick}!\\S+ JOIN #lobby$`));
      await terminal.types("tea is ready");
      await bob.sees(new RegExp(`^:${nick}!\\S+ PRIVMSG #lobby :tea is ready$`));
    }

    const { code, stderr } = await run(
      `${there.env.PATH}/npx`,
      ["tea", "--no-device", "--nick", "kettle", "--server", secure.room.address],
      "tea is ready\n",
      there.server("npx"),
    );
    assertEquals([code, stderr], [0, ""]);
    await bob.sees(/^:kettle!\S+ PRIVMSG #lobby :tea is ready$/);

    const began = performance.now();
    secure.room.kill("SIGTERM");
    // npm ends by the signal as soon as it has it, and gives no code: that is its way.
    await secure.room.ended();
    await isClosed(secure);
    assertLess(performance.now() - began, CLOSES_IN);
  },
  without,
);

npmTest("TERM to the command that it installs closes the room in 4 s, with exit code 0", async () => {
  await using there = await Installed.make();
  await using secure = await there.open("node_modules/.bin/teahouse");
  const alice = await secure.room.person("alice", { join: "#lobby" });
  await alice.send("PRIVMSG #lobby :good night");
  await alice.everything();
  const began = performance.now();
  secure.room.kill("SIGTERM");
  assertEquals(await secure.room.ended(), 0);
  assertLess(performance.now() - began, CLOSES_IN);
  await isClosed(secure);
});
