/**
 * Server and client, started by npx as in the README: they end when npx ends, which does not end them itself. Skipped
 * where npx or its Deno is not installed, since nothing is downloaded here.
 *
 * @module
 */

import { assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { openRoom, PATIENCE } from "../room.ts";

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

  async prints(text: string): Promise<void> {
    const print = async () => {
      while (!this.#output.includes(text)) await new Promise<void>((resolve) => this.#wake = resolve);
    };
    await deadline(print(), PATIENCE);
  }

  /** Ends npx, and waits until nobody holds the output any more; gives that. */
  async ended(signal: Deno.Signal): Promise<string> {
    this.#child.kill(signal);
    await deadline(this.#done, PATIENCE);
    return this.#output;
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

for (const signal of ["SIGTERM", "SIGHUP", "SIGKILL"] as const) {
  Deno.test(`npx: ${signal} to it closes the room that it has opened`, { ignore: !hasDeno }, async () => {
    await using room = new Started("server.ts", "--host", "127.0.0.1", "--port", "0", "--no-web", "--db", ":memory:");
    await room.prints("is open on port");
    assertMatch(await room.ended(signal), / closing$/m);
  });

  Deno.test(`npx: ${signal} to it ends the client that it has started`, { ignore: !hasDeno }, async () => {
    await using room = await openRoom();
    const alice = await room.person("alice", { join: "#lobby" });
    await using client = new Started("client.ts", "--no-device", "--nick", "bob", "--server", `127.0.0.1:${room.port}`);
    await client.prints("#lobby: 2 online");
    assertStringIncludes(await client.ended(signal), "as bob");
    await alice.sees(/^:bob!.* QUIT /);
  });
}
