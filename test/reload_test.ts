/**
 * SIGHUP: the server reads again what it is told, and puts out nobody; and it ends with its terminal.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { openFolder, openRoom, PATIENCE, skipped, until } from "./room.ts";
import { hasScript } from "./terminal.ts";

const ROOT = new URL("..", import.meta.url);

const hasHangups = Deno.build.os !== "windows";

Deno.test(
  "SIGHUP: the room takes on what can change, says what, and puts out nobody",
  { ignore: !hasHangups },
  async () => {
    await using folder = await openFolder();
    const [config, motd, operators, password] = ["tea.toml", "motd", "operators", "password"]
      .map((name) => `${folder.path}/${name}`);
    const write = (settings: Record<string, string>, file = config) =>
      Deno.writeTextFile(file, Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`).join(""));
    const settings = { name: '"Tea"', motd: `"${motd}"`, "oper-file": `"${operators}"`, "max-per-ip": "5" };
    await write(settings);
    await Deno.writeTextFile(motd, "the kettle is cold\n");
    await Deno.writeTextFile(operators, "ann:oolong\nbea:sencha\n");
    await Deno.writeTextFile(password, "leaf\n");
    for (const secret of [operators, password]) await Deno.chmod(secret, 0o600);
    await using room = await openRoom(["--config", config]);
    await room.logs("Tea is open on port");
    let reloads = 0;
    /** Reloads, and gives what is said of it. */
    const reload = async () => {
      const before = room.log.length;
      room.kill("SIGHUP");
      reloads++;
      return await until(
        "the end of a reload",
        () => room.log.slice(before).find((line) => /settings (?:are read again|stay as they were)/.test(line)),
        () => room.log.join("\n"),
      );
    };
    const alice = await room.person("alice", { join: "#tea" });
    const bob = await room.person("bob");
    await alice.send("OPER ann oolong");
    await alice.sees(/ 381 alice /);
    await bob.send("OPER bea sencha");
    await bob.sees(/ 381 bob /);

    assertMatch(await reload(), /the settings are read again; none is new$/);
    await Deno.writeTextFile(motd, "the kettle is on\n");
    await Deno.writeTextFile(operators, "ann:assam\nbea:sencha\n");
    await write({
      ...settings,
      "max-per-ip": "3",
      "flood-limit": "9",
      "password-file": `"${password}"`,
      port: "1",
      keep: '"3d"',
    });
    assertMatch(await reload(), /read again; new: motd, password, operators, flood-limit, max-per-ip$/);
    // The port is said on the command line, which counts before the file.
    await room.logs(/not taken on before the next start: keep$/);
    // The password for it is another one now.
    await alice.sees(/^:alice!alice@127\.0\.0\.1 MODE alice -o$/);
    await alice.send("KILL bob");
    await alice.sees(/ 481 alice /);
    await bob.send("MOTD", "STATS g");
    await bob.sees(/ 372 bob :- the kettle is on$/);
    await bob.sees(/ 219 bob g /);
    // Two are there, and one more may come, who says the password.
    const eve = await room.stranger("eve");
    await eve.send("NICK eve", "USER eve 0 * :eve");
    await eve.sees(/ 464 /);
    await eve.rest();
    const carol = await room.stranger("carol");
    await carol.send("PASS leaf", "NICK carol", "USER carol 0 * :carol");
    await carol.sees(/ 001 carol /);
    const dave = await room.stranger("dave");
    assertMatch((await dave.rest()).at(-1)!, /^ERROR :.*Too many connections/);

    // A mistake changes nothing: neither what is wrong, nor what stands beside it.
    for (
      const [text, says] of [
        ['name = "Tea"\nmax-per-ip = "many"\n', /stay as they were: \S+tea\.toml, line 2: max-per-ip must be a number/],
        ["max-per-ip = 1\nname = \n", /stay as they were: \S+tea\.toml, line 2: this is no TOML/],
        [`max-per-ip = 1\nmotd = "${motd}-gone"\n`, /stay as they were: cannot read --motd \S+-gone: /],
        [`max-per-ip = 1\noper-file = "${motd}"\n`, /stay as they were: --oper-file \S+: line 1 must be NAME:PASSWORD/],
      ] as const
    ) {
      await Deno.writeTextFile(config, text);
      assertMatch(await reload(), says);
    }
    await bob.send("MOTD", "STATS g");
    await bob.sees(/ 372 bob :- the kettle is on$/);
    await bob.sees(/ 219 bob g /);
    // Whether there is a limit for lines is settled when the room opens.
    await write({ ...settings, "max-per-ip": "0", "flood-limit": "0", "password-file": `"${password}"` });
    assertMatch(await reload(), /new: max-per-ip$/);
    await room.logs(/not taken on before the next start: flood-limit$/);
    await alice.send("PRIVMSG bob :still here");
    await bob.sees(":alice!alice@127.0.0.1 PRIVMSG bob :still here");
    assertEquals(room.log.filter((line) => /settings (?:are|stay)/.test(line)).length, reloads);
    assertEquals(room.log.filter((line) => /oolong|assam|sencha|leaf/.test(line)), []);
  },
);

/** A text as one word of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A room at a terminal that `script` makes. The system tells a shell that its terminal is gone; the shell ends, and with it the
 * system tells all at the terminal. Beside the server that is a second shell, which waits for the server's exit code.
 */
class AtTerminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #done: Promise<void>;
  readonly #folder: string;
  #output = "";
  #wake: (() => void) | undefined;
  #pid: number | undefined;

  /** @param before What runs the server: `nohup`. */
  constructor(folder: string, before = "") {
    this.#folder = folder;
    const flags = `--host 127.0.0.1 --port 0 --no-web --no-tls --db '${folder}/tea.db'`;
    // Its output goes to the terminal, but for nohup, which takes it into a file.
    const server = `'${Deno.execPath()}' run -A server.ts ${flags}`;
    const run = `echo "pid $$"; exec ${before} ${server}`;
    this.#child = new Deno.Command("script", {
      args: ["-qec", `sh -c ${quoted(`trap : HUP; sh -c ${quoted(run)}; echo $? >'${folder}/code'`)}; :`, "/dev/null"],
      cwd: ROOT,
      env: { SHELL: "/bin/sh", TERM: "xterm", NO_COLOR: "1" },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#done = this.#read();
  }

  async #read(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#output += text;
      this.#wake?.();
    }
  }

  /** Waits until a text is shown; gives what its first group is. */
  async shows(text: RegExp): Promise<string | undefined> {
    const show = async () => {
      while (!text.test(this.#output)) await new Promise<void>((resolve) => this.#wake = resolve);
    };
    await deadline(show(), PATIENCE).catch(() => {
      throw new Error(`Waited in vain for ${text}. The terminal shows:\n${this.#output}`);
    });
    return text.exec(this.#output)![1];
  }

  async kill(signal: Deno.Signal): Promise<void> {
    this.#pid ??= Number(await this.shows(/^pid (\d+)/m));
    Deno.kill(this.#pid, signal);
  }

  /** Closes the terminal, as a window is closed: the program that shows it is gone. */
  async close(): Promise<void> {
    await this.shows(/^pid (\d+)/m);
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#done;
  }

  /** Waits for the server's end; gives its exit code. */
  async code(): Promise<string> {
    return await until("the server's end", () => {
      try {
        return Deno.readTextFileSync(`${this.#folder}/code`).match(/^\d+/)?.[0];
      } catch {
        return undefined;
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGKILL").catch(() => {});
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.stdin.abort().catch(() => {});
    await this.#child.status;
    await this.#done;
  }
}

const options = { ignore: !hasScript || !hasHangups };
const suffix = skipped(hasScript ? [] : ["script"]);

Deno.test(`A room whose terminal is closed ends, and closes its database${suffix}`, options, async () => {
  await using folder = await openFolder();
  await using terminal = new AtTerminal(folder.path);
  const port = Number(await terminal.shows(/is open on port (\d+)/));
  await terminal.close();
  assertEquals(await terminal.code(), "0");
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port }), Deno.errors.ConnectionRefused);
  const files = [...Deno.readDirSync(folder.path)].map(({ name }) => name).sort();
  assertEquals(files, ["code", "tea.db", "tea.db-lock"]);
});

Deno.test(`SIGHUP to a room whose terminal is open reads the settings again${suffix}`, options, async () => {
  await using folder = await openFolder();
  await using terminal = new AtTerminal(folder.path);
  const port = Number(await terminal.shows(/is open on port (\d+)/));
  await terminal.kill("SIGHUP");
  await terminal.shows(/the settings are read again; none is new/);
  (await Deno.connect({ hostname: "127.0.0.1", port })).close();
  await terminal.kill("SIGTERM");
  assertEquals(await terminal.code(), "0");
});

Deno.test(
  `A room that nohup has started outlives its terminal, and takes SIGHUP for a reload${suffix}`,
  options,
  async () => {
    await using folder = await openFolder();
    await Deno.writeTextFile(`${folder.path}/log`, "");
    await using terminal = new AtTerminal(folder.path, `nohup >'${folder.path}/log'`);
    const log = () => Deno.readTextFileSync(`${folder.path}/log`);
    const logs = (text: RegExp) => until(`${text} in the log`, () => text.exec(log()) ?? undefined, log);
    await terminal.shows(/^pid (\d+)/m);
    const port = Number((await logs(/is open on port (\d+)/))[1]);
    await terminal.close();
    // The system has told it that the terminal is gone.
    await logs(/the settings are read again/);
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    await terminal.kill("SIGTERM");
    assertEquals(await terminal.code(), "0");
  },
);
