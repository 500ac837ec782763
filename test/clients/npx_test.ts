/**
 * Server and client, started by npx as in the README: they end when npx ends, which does not end them itself. Skipped
 * where npx or its Deno is not installed, since nothing is downloaded here.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { constants } from "node:os";
import { openFolder, openRoom, PATIENCE } from "../room.ts";

const ROOT = new URL("../..", import.meta.url);
const NPX = ["--offline", "-y", `deno@${Deno.version.deno}`];

const hasDeno = Deno.build.os !== "windows" && await (async () => {
  try {
    return (await new Deno.Command("npx", { args: [...NPX, "--version"], stdout: "null", stderr: "null" }).output())
      .success;
  } catch {
    return false;
  }
})();

/** A program that npx has started, and all that it has printed. */
class Started implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #done: Promise<void>;
  #output = "";
  #wake: (() => void) | undefined;

  constructor(...args: string[]) {
    this.#child = new Deno.Command("npx", {
      args: [...NPX, "run", "-A", "--no-check", ...args],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
      // So that a test which fails can end all of it.
      detached: true,
    }).spawn();
    this.#done = this.#read();
  }

  async #read(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#output += text;
      this.#wake?.();
    }
  }

  /** Waits until a text is printed. @returns All that has been printed. */
  async prints(text: string | RegExp): Promise<string> {
    const isThere = () => typeof text === "string" ? this.#output.includes(text) : text.test(this.#output);
    const print = async () => {
      while (!isThere()) await new Promise<void>((resolve) => this.#wake = resolve);
    };
    await deadline(print(), PATIENCE);
    return this.#output;
  }

  /**
   * Ends npx, and waits until nobody holds the output any more; gives that. SIGINT goes to all that npx has started as well, as
   * from a terminal: npm passes it on to a shell, which waits for its program, so that neither ends where npx alone gets it.
   */
  async ended(signal: Deno.Signal): Promise<string> {
    if (signal === "SIGINT") Deno.kill(-this.#child.pid, signal);
    else this.#child.kill(signal);
    await deadline(this.#done, PATIENCE);
    return this.#output;
  }

  /** The exit code of npx, which has ended; with 128 added to the number of a signal that has ended it. */
  async code(): Promise<number> {
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      Deno.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // Nobody is left.
    }
    await this.#child.stdin.abort().catch(() => {});
    await this.#done;
    await this.#child.status;
  }
}

/** How long the room may take to end, in milliseconds: it waits 3 s at most for those who do not read. */
const CLOSES_WITHIN = 4_000;

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"] as const) {
  Deno.test(
    `npx: ${signal} to it closes the room that it has opened, and its database`,
    { ignore: !hasDeno },
    async () => {
      await using folder = await openFolder();
      const db = `${folder.path}/tea.db`;
      await using room = new Started("server.ts", "--host", "127.0.0.1", "--port", "0", "--no-web", "--db", db);
      const port = Number(/ is open on port (\d+)$/m.exec(await room.prints(/ is open on port \d+$/m))![1]);
      // Somebody who never reads is not waited for.
      using mute = await Deno.connect({ hostname: "127.0.0.1", port });
      await mute.write(new TextEncoder().encode("NICK mute\r\nUSER mute 0 * :mute\r\n"));
      await room.prints("mute has come in");
      const begun = performance.now();
      assertMatch(await room.ended(signal), / closing$/m);
      assertLess(performance.now() - begun, CLOSES_WITHIN);
      assertEquals(await room.code(), 128 + constants.signals[signal]);
      await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port }), Deno.errors.ConnectionRefused);
      const files = [...Deno.readDirSync(folder.path)].map(({ name }) => name).filter((name) =>
        name.startsWith("tea.db-")
      );
      // What was written stands in the database alone: a log beside it is left where a room was killed.
      assertEquals(files.sort(), ["tea.db-lock", "tea.db-tls"]);
    },
  );

  Deno.test(`npx: ${signal} to it ends the client that it has started`, { ignore: !hasDeno }, async () => {
    await using room = await openRoom();
    const alice = await room.person("alice", { join: "#lobby" });
    await using client = new Started("client.ts", "--no-device", "--nick", "bob", "--server", `127.0.0.1:${room.port}`);
    await client.prints("#lobby: 2 online");
    assertStringIncludes(await client.ended(signal), "as bob");
    await alice.sees(/^:bob!.* QUIT /);
  });
}
