/**
 * The terminal client as a program: its exit codes, what it says on a pipe, and how it behaves at a terminal. The
 * server is a script of this file, so that nothing here depends on server.ts.
 *
 * @module
 */

import { assert, assertEquals, AssertionError, assertMatch, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { format, LineReader, parse } from "../../protocol.ts";
import { isInstalled, openFolder, openRoom, PATIENCE, run as runProgram } from "../room.ts";
import { CLIENT, hasScript, Terminal } from "../terminal.ts";

const ROOT = new URL("../..", import.meta.url);

/** A server without rules: everybody who is let in gets the lines that a test says. */
class ScriptedServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #people = new Map<Deno.Conn, string>();
  readonly #serving: Promise<unknown>;
  /** All lines that came, without those of the registration. */
  readonly heard: string[] = [];
  #wake: (() => void) | undefined;
  readonly #password: string | undefined;

  constructor(password?: string) {
    this.#password = password;
    this.#serving = this.#serve();
  }

  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Waits until somebody has said that line. */
  async hears(line: string): Promise<void> {
    const hear = async () => {
      while (!this.heard.includes(line)) await new Promise<void>((resolve) => this.#wake = resolve);
    };
    await deadline(hear(), PATIENCE).catch(() => {
      throw new AssertionError(`Nobody said "${line}". Heard:\n${this.heard.join("\n")}`);
    });
  }

  /** Sends a line to everybody who is connected. */
  async says(line: string): Promise<void> {
    for (const conn of this.#people.keys()) await this.#write(conn, line);
  }

  /** Closes all connections, and accepts new ones. */
  hangUp(): void {
    for (const conn of this.#people.keys()) conn.close();
    this.#people.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.hangUp();
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    const handled: Promise<void>[] = [];
    for await (const conn of this.#listener) handled.push(this.#handle(conn));
    await Promise.all(handled);
  }

  async #handle(conn: Deno.Conn): Promise<void> {
    const reader = new LineReader();
    const buffer = new Uint8Array(4096);
    this.#people.set(conn, "");
    let password: string | undefined;
    try {
      for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
        for (const line of reader.push(buffer.subarray(0, n))) {
          if (typeof line !== "string") continue;
          const { command, params } = parse(line);
          const nick = this.#people.get(conn)!;
          if (command === "PASS") password = params[0];
          else if (command === "NICK") this.#people.set(conn, params[0]);
          else if (command === "CAP") continue;
          else if (command === "PING") await this.#write(conn, `:tea PONG tea :${params[0]}`);
          else if (command === "USER" && password !== this.#password) {
            await this.#write(conn, `:tea 464 ${nick} :Password incorrect`, "ERROR :Closing link: (Bad password)");
            return;
          } else if (command === "USER") await this.#write(conn, `:tea 001 ${nick} :Welcome`);
          else this.heard.push(line);
          this.#wake?.();
          if (command === "JOIN") {
            await this.#write(
              conn,
              `:${nick}!~tea@host JOIN ${params[0]}`,
              `:tea 353 ${nick} = ${params[0]} :alice ${nick}`,
              `:tea 366 ${nick} ${params[0]} :End`,
            );
          }
          if (command === "PRIVMSG" && params[0] === "nobody") {
            await this.#write(conn, `:tea 401 ${nick} nobody :No such nick`);
          }
          if (command === "QUIT") return;
        }
      }
    } catch {
      // Somebody was thrown out.
    } finally {
      this.#people.delete(conn);
      try {
        conn.close();
      } catch {
        // It is closed already.
      }
    }
  }

  async #write(conn: Deno.Conn, ...lines: string[]): Promise<void> {
    await conn.write(new TextEncoder().encode(lines.map((line) => format(parse(line)) + "\r\n").join("")));
  }
}

/** Runs the client on a pipe; gives how it ended. */
function run(args: string[], input = "") {
  return runProgram(Deno.execPath(), [...CLIENT, ...args], input);
}

/** A port of this machine where nobody listens. */
function deadPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

Deno.test("piped: says each line, waits until it is delivered, and ends with 0", async () => {
  await using room = new ScriptedServer();
  const { code, stdout, stderr } = await run(["--nick", "bot", "--server", room.address], "hello :tea:\n张三 你好");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(room.heard, [
    "JOIN #lobby",
    "PRIVMSG #lobby :hello 🍵",
    "PRIVMSG #lobby :张三 你好",
    "QUIT :",
  ]);
  assertMatch(stdout, /^\[\d\d:\d\d\] #lobby: 2 online: alice, bot$/m);
  assertMatch(stdout, /^\[\d\d:\d\d\] <bot> 张三 你好$/m);
  assert(!stdout.includes("\x1b"), "no colours on a pipe");
});

Deno.test("piped: known commands run, all else is text, as --help says", async () => {
  await using room = new ScriptedServer();
  const input = "/me waves\n/usr/bin/tea\n//me\n\n/to alice\npsst\n/quit so long\nnot this\n";
  const { code } = await run(["--nick", "bot", "--server", room.address, "--channel", "#tea"], input);
  assertEquals(code, 0);
  assertEquals(room.heard, [
    "JOIN #tea",
    "PRIVMSG #tea :\x01ACTION waves\x01",
    "PRIVMSG #tea :/usr/bin/tea",
    "PRIVMSG #tea :/me",
    "PRIVMSG alice :psst",
    "QUIT :so long",
  ]);
});

Deno.test("piped: what the server refuses is said on standard error, and the code is 1", async () => {
  await using room = new ScriptedServer();
  const { code, stderr } = await run(["--nick", "bot", "--server", room.address], "/raw PRIVMSG nobody :hi\n");
  assertEquals(code, 1);
  assertMatch(stderr, /^\[\d\d:\d\d\] nobody is not online\.$/m);
});

Deno.test("piped: what cannot be read is said in one line", { ignore: Deno.build.os === "windows" }, async () => {
  await using room = new ScriptedServer();
  const command = [Deno.execPath(), ...CLIENT, "--nick", "bot", "--server", room.address].join(" ");
  const { code, stderr } = await runProgram("sh", ["-c", `exec ${command} < /`], "");
  assertEquals(code, 2);
  assertMatch(stderr, /^Cannot read what is to be said: Is a directory[^\n]*\n$/);
});

Deno.test("piped: nothing to say is said at once", async () => {
  await using room = new ScriptedServer();
  const { code, stdout } = await run(["--server", room.address]);
  assertEquals(code, 0);
  assertMatch(stdout, /as guest-\d{4}$/m);
});

Deno.test("piped: what was written while the server was away is said when it is back", async () => {
  await using room = new ScriptedServer();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...CLIENT, "--nick", "bot", "--server", room.address],
    cwd: ROOT,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode("one\n"));
  await room.hears("PRIVMSG #lobby :one");
  room.heard.length = 0;
  room.hangUp();
  await writer.write(new TextEncoder().encode("two\n"));
  await writer.close();
  const { code, stderr } = await child.output();
  assertEquals(code, 0);
  assertStringIncludes(new TextDecoder().decode(stderr), "Connection lost: ");
  assertEquals(room.heard.filter((line) => !line.endsWith(":one")), ["JOIN #lobby", "PRIVMSG #lobby :two", "QUIT :"]);
});

Deno.test("piped: a closed standard output ends it quietly", async () => {
  await using room = new ScriptedServer();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...CLIENT, "--nick", "bot", "--server", room.address],
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await child.stdout.cancel();
  const stderr = new Response(child.stderr).text();
  await room.hears("JOIN #lobby");
  // The input stays open: only the output tells it.
  await room.says(":alice!~tea@host PRIVMSG #lobby :hello");
  await room.hears("QUIT :");
  assertEquals([(await child.status).code, await stderr], [0, ""]);
  await child.stdin.abort();
});

Deno.test("piped: SIGTERM ends it with QUIT", { ignore: Deno.build.os === "windows" }, async () => {
  await using room = new ScriptedServer();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...CLIENT, "--nick", "bot", "--server", room.address],
    cwd: ROOT,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await room.hears("JOIN #lobby");
  child.kill("SIGTERM");
  await room.hears("QUIT :");
  assertEquals((await child.status).code, 0);
  await child.stdin.abort();
});

Deno.test("a server that is down: exit code 1 within 5 seconds, with the reason and the flag", async () => {
  const port = deadPort();
  const begun = Date.now();
  const { code, stderr } = await run(["--nick", "bot", "--server", `127.0.0.1:${port}`], "hello\n");
  assertEquals([code, stderr.split("\n")], [1, [
    `Cannot connect to 127.0.0.1:${port}: connection refused.`,
    "--server HOST:PORT names another server.",
    "",
  ]]);
  assert(Date.now() - begun < 5_000);
});

Deno.test("a server that says nothing: exit code 1 within 5 seconds", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const begun = Date.now();
  const { code, stderr } = await run(["--nick", "bot", "--server", `127.0.0.1:${silent.addr.port}`], "hello\n");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "it takes the connection, but says nothing");
  assert(Date.now() - begun < 5_500);
});

Deno.test("why a server refuses is told without the colours that it sends", async () => {
  using hostile = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const refusing = (async () => {
    using conn = await hostile.accept();
    await conn.write(new TextEncoder().encode(":tea 465 x :\x1b[30mhidden\x1b[1m\x1b]0;owned\x07\r\n"));
    while (await conn.read(new Uint8Array(512)) !== null);
  })();
  const address = `127.0.0.1:${hostile.addr.port}`;
  const { code, stderr } = await run(["--nick", "bot", "--server", address], "hello\n");
  await refusing;
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Cannot join ${address}: you are banned: hidden.\n`);
});

Deno.test("the room's password: the right one lets in, another is said to be wrong, with exit code 1", async () => {
  await using room = new ScriptedServer("s3cret");
  const right = await run(["--nick", "bot", "--server", room.address, "--password", "s3cret"], "hello\n");
  assertEquals(right.code, 0);
  for (const args of [[], ["--password=wrong"]]) {
    const { code, stderr } = await run(["--nick", "bot", "--server", room.address, ...args], "hello\n");
    assertEquals([code, stderr], [1, `Cannot join ${room.address}: the password is wrong or missing.\n`]);
  }
});

Deno.test("the room's password: a file or the environment gives it, where no list of processes shows it", async () => {
  await using room = new ScriptedServer("s3cret");
  await using folder = await openFolder();
  const file = `${folder.path}/password`;
  await Deno.writeTextFile(file, "s3cret\n");
  const flags = ["--nick", "bot", "--server", room.address];
  assertEquals((await run([...flags, "--password-file", file], "hello\n")).code, 0);
  const inEnvironment = (password: string, ...more: string[]) =>
    runProgram("env", [`TEAHOUSE_PASSWORD=${password}`, Deno.execPath(), ...CLIENT, ...flags, ...more], "hello\n");
  assertEquals((await inEnvironment("s3cret")).code, 0);
  assertEquals((await inEnvironment("wrong")).code, 1);
  // What is asked for by hand goes before it.
  assertEquals((await inEnvironment("wrong", "--password-file", file)).code, 0);
  assertEquals((await inEnvironment("wrong", "--password", "s3cret")).code, 0);
});

Deno.test("a wrong flag: one line on standard error, exit code 2", async () => {
  const wrong: [args: string[], says: string][] = [
    [["--color"], "Unknown flag --color; --help lists the flags"],
    [["--tlss"], "Unknown flag --tlss"],
    [["--pin", "AB:CD", "--tls"], "is no SHA-256 fingerprint"],
    [["-x"], "Unknown flag -x"],
    [["bob"], "Unknown argument bob"],
    [["--nick"], "--nick needs a value"],
    [["--nick", "2bob"], '--nick "2bob" cannot be a nick: letters and digits'],
    [["--nick", "a,b"], '--nick "a,b" cannot be a nick'],
    [["--channel", "a b"], '--channel "a b" cannot be a channel'],
    [["--server", "host:99999"], 'port "99999" is not between 1 and 65535'],
    [["--server", "[::1"], "is no IPv6 address"],
    [["--password"], "--password needs a value where there is no terminal to ask at"],
    [["--password-file"], "--password-file needs a value"],
    [["--password-file", "/nowhere"], '--password-file: "/nowhere" cannot be read: No such file or directory'],
    [["--password-file", "/dev/null"], '--password-file: "/dev/null" holds no password'],
    [["--password-file", "x", "--password", "y"], "--password and --password-file: one of them is enough"],
    [["--owner"], "--owner needs a value where there is no terminal to ask at"],
    [["--owner-file"], "--owner-file needs a value"],
    [["--owner-file", "/dev/null"], '--owner-file: "/dev/null" holds no password'],
    [["--owner-file", "x", "--owner", "y"], "--owner and --owner-file: one of them is enough"],
    [["--login"], "--login asks for a password, which needs a terminal; --login-password-file needs none"],
    [["--login", "--login-password-file", "/dev/null"], '--login-password-file: "/dev/null" holds no password'],
    [["--login-password-file", "x"], "--login-password-file is the password of an account, which --login names"],
  ];
  for (const [args, says] of wrong) {
    const { code, stdout, stderr } = await run(args);
    assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2], `${args}: ${stderr}`);
    assertStringIncludes(stderr, says);
  }
});

Deno.test("--help shows each flag with its default, --version the version", async () => {
  const { code, stdout } = await run(["--help"]);
  assertEquals(code, 0);
  for (const flag of ["--nick", "--server", "--channel", "--password", "--no-color", "--help", "--version"]) {
    assertMatch(stdout, new RegExp(`^  ${flag} .*\\S`, "m"));
  }
  for (const word of ["127.0.0.1:8888", "default lobby", "default: none"]) assertStringIncludes(stdout, word);
  assertMatch((await run(["--version"])).stdout, /^Teahouse \d+\.\d+\.\d+\n$/);
});

// At a terminal. `script` gives the program one and passes keys and screen through; tmux also draws the screen.

const hasTmux = await isInstalled("tmux");

const ENDS: [how: string, end: (terminal: Terminal) => void | Promise<void>, code: number][] = [
  // The first one clears the line.
  ["Ctrl-C", async (terminal) => {
    await terminal.types("\x03");
    await terminal.shows("Ctrl-C again leaves.");
    await terminal.shows("bob --> #lobby> ", "Ctrl-C again leaves.");
    await terminal.types("whole\r");
    await terminal.shows("whole", "Ctrl-C again leaves.");
    await terminal.types("\x03");
  }, 0],
  ["Ctrl-D", (terminal) => terminal.types("\x15\x04"), 0],
  ["/quit", (terminal) => terminal.types("\x15/quit\r"), 0],
  ["SIGTERM", (terminal) => terminal.kill("SIGTERM"), 0],
  ["SIGHUP", (terminal) => terminal.kill("SIGHUP"), 0],
  ["SIGQUIT", (terminal) => terminal.kill("SIGQUIT"), 0],
  ["SIGUSR1", (terminal) => terminal.kill("SIGUSR1"), 0],
];
for (const [how, end, code] of ENDS) {
  Deno.test(`terminal: ${how} leaves with QUIT, and the terminal as it was`, { ignore: !hasScript }, async () => {
    await using room = new ScriptedServer();
    const terminal = new Terminal("--nick", "bob", "--server", room.address);
    await terminal.shows("bob --> #lobby> ");
    await terminal.types("half typed");
    await terminal.shows("half typed");
    await end(terminal);
    await room.hears("QUIT :");
    const output = await terminal.ended();
    assertStringIncludes(output, `code ${code}`);
    assertMatch(output, /(?<!-)isig (?<!-)icanon[^]*(?<!-)echo /);
    for (const [on, off] of [["\x1b[?2004h", "\x1b[?2004l"], ["\x1b]0;bob --> #lobby\x07", "\x1b]0;\x07"]]) {
      assert(output.includes(on) && output.lastIndexOf(off) > output.lastIndexOf(on), JSON.stringify(off));
    }
  });
}

Deno.test("terminal: the prompt says that one is away, until one is back", { ignore: !hasScript }, async () => {
  await using room = await openRoom([], { page: false });
  const terminal = new Terminal("--nick", "bob", "--server", room.address);
  await terminal.shows("bob --> #lobby> ");
  await terminal.types("/away making tea\r");
  await terminal.shows("bob (away) --> #lobby> ");
  await terminal.types("/away\r");
  await terminal.shows("bob --> #lobby> ", "no longer away");
  await terminal.types("/quit\r");
  await terminal.ended();
});

Deno.test(
  "terminal: each line that is pasted behind a command is said by it, once",
  { ignore: !hasScript },
  async () => {
    await using room = new ScriptedServer();
    const terminal = new Terminal("--nick", "bob", "--server", room.address);
    await terminal.shows("bob --> #lobby> ");
    await terminal.types("/msg alice so \x1b[200~one\rtwo\r/three\rfour\x1b[201~");
    await terminal.shows("so one\u21b5two\u21b5/three\u21b5four");
    assertEquals(room.heard, ["JOIN #lobby"]);
    await terminal.types("!\r");
    await room.hears("PRIVMSG alice :four!");
    await terminal.types("/me \x1b[200~waves\rsmiles\r\x1b[201~");
    await room.hears("PRIVMSG #lobby :\x01ACTION smiles\x01");
    await terminal.types("\x03");
    await terminal.ended();
    assertEquals(room.heard, [
      "JOIN #lobby",
      "PRIVMSG alice :so one",
      "PRIVMSG alice :two",
      "PRIVMSG alice :/three",
      "PRIVMSG alice :four!",
      "PRIVMSG #lobby :\x01ACTION waves\x01",
      "PRIVMSG #lobby :\x01ACTION smiles\x01",
      "QUIT :",
    ]);
  },
);

Deno.test("terminal: several pasted lines are said, never run", { ignore: !hasScript }, async () => {
  await using room = new ScriptedServer();
  const terminal = new Terminal("--nick", "bob", "--server", room.address);
  await terminal.shows("bob --> #lobby> ");
  await terminal.types("so: \x1b[200~/quit\r/me waves\r/nick eve\x1b[201~");
  // What has no line end yet stays to be edited, all lines together.
  await terminal.shows("so: /quit\u21b5/me waves\u21b5/nick eve");
  await terminal.types("!\r");
  await room.hears("PRIVMSG #lobby :/nick eve!");
  // Nor is it a command where nothing stands before it, at once or when it is sent.
  await terminal.types("\x1b[200~/quit now\r/nick eve\r\x1b[201~");
  await room.hears("PRIVMSG #lobby :/nick eve");
  await terminal.types("\x1b[200~/away\r/nick eve\x1b[201~");
  await terminal.shows("/away\u21b5/nick eve");
  await terminal.types(" \r");
  await room.hears("PRIVMSG #lobby :/nick eve ");
  await terminal.types("\x03");
  await terminal.ended();
  assertEquals(room.heard, [
    "JOIN #lobby",
    "PRIVMSG #lobby :so: /quit",
    "PRIVMSG #lobby :/me waves",
    "PRIVMSG #lobby :/nick eve!",
    "PRIVMSG #lobby :/quit now",
    "PRIVMSG #lobby :/nick eve",
    "PRIVMSG #lobby :/away",
    "PRIVMSG #lobby :/nick eve ",
    "QUIT :",
  ]);
});

Deno.test(
  "terminal: many pasted lines are asked about, and go as one message; those that are not sent are not lost",
  { ignore: !hasScript },
  async () => {
    await using house = await openRoom([], { page: false });
    const alice = await house.person("alice", { caps: "batch message-tags draft/multiline", join: "#lobby" });
    await using bob = new Terminal("--nick", "bob", "--server", `127.0.0.1:${house.port}`);
    await bob.shows("bob --> #lobby> ");
    const lines = ["so:", "", ...[1, 2, 3, 4].map((i) => `  line ${i}`)];
    await bob.types(`\x1b[200~${lines.join("\r")}\r\x1b[201~`);
    await bob.shows("Send these 6 lines to #lobby? (yes/no, Enter means no)");
    await bob.types("no\r");
    await bob.shows("Arrow-up brings back: so:", "Not sent: 6 lines.");
    await bob.types("\x1b[A");
    await bob.shows("so:\u21b5\u21b5  line 1", "Not sent: 6 lines");
    await bob.types("!\r");
    await alice.sees(/ BATCH \+\S+ draft\/multiline #lobby$/);
    for (const line of [...lines.slice(0, -1), "  line 4!"]) {
      assertEquals((await alice.sees(/ PRIVMSG #lobby /)).replace(/^.* PRIVMSG #lobby :/, ""), line);
    }
    await bob.types(`\x1b[200~${lines.join("\r")}\r\x1b[201~`);
    await bob.types("yes\r");
    await alice.sees(/ BATCH \+\S+ draft\/multiline #lobby$/);
    await alice.sees(/ PRIVMSG #lobby : {2}line 4$/);
    await bob.types("/quit\r");
    await bob.ended();
  },
);

Deno.test(
  "terminal: lines that come in one piece behind a private one are for the same person",
  { ignore: !hasScript },
  async () => {
    await using house = await openRoom([], { page: false });
    const alice = await house.person("alice", { join: "#lobby" });
    await using bob = new Terminal("--nick", "bob", "--server", `127.0.0.1:${house.port}`);
    await bob.shows("bob --> #lobby> ");
    await bob.types("/msg alice one\rtwo\rthree\rfo");
    for (const text of ["one", "two", "three"]) await alice.sees(new RegExp(`^:bob!\\S+ PRIVMSG alice :${text}$`));
    await bob.types("ur\r/away tea\rgone\r");
    await alice.sees(/^:bob!\S+ PRIVMSG alice :four$/);
    await alice.sees(/^:bob!\S+ PRIVMSG #lobby :gone$/);
    await bob.types("/quit\r");
    await bob.ended();
  },
);

Deno.test(
  "terminal: the password is asked for without echo, when the server wants one",
  { ignore: !hasScript },
  async () => {
    await using room = new ScriptedServer("s3cret");
    const terminal = new Terminal("--nick", "bob", "--server", room.address);
    await terminal.shows("Password of ");
    await terminal.types("s3cret\r");
    await terminal.shows("bob --> #lobby> ");
    await terminal.types("\x03");
    const output = await terminal.ended();
    assertStringIncludes(output, "code 0");
    assert(!output.includes("s3cret"));
  },
);

Deno.test(
  "terminal: what is lost on leaving is told line by line, and counted as what the others did not get, however one leaves",
  { ignore: !hasScript },
  async () => {
    for (const keys of ["\x04", "\x03\x03"]) {
      await using house = await openRoom([], { page: false });
      const alice = await house.person("alice", { caps: "batch message-tags draft/multiline", join: "#lobby" });
      await using bob = new Terminal("--nick", "bob", "--server", `127.0.0.1:${house.port}`);
      await bob.shows("bob --> #lobby> ");
      const lines = Array.from({ length: 400 }, (_, i) => `line ${i + 1}`);
      await bob.types(`\x1b[200~${lines.join("\r")}\r\x1b[201~`);
      await bob.shows("Send these 400 lines to #lobby?");
      await bob.types("yes\r");
      await alice.sees(/ PRIVMSG #lobby :line 1$/);
      await bob.types(keys);
      const output = await bob.ended();
      const count = Number(/(\d+) lines were not delivered:/.exec(output)?.[1]);
      assert(count > 100 && count <= 400, `told of ${count} lines`);
      const first = 400 - count + 1;
      assertStringIncludes(output, `not delivered:\r\n  line ${first}\r\n  line ${first + 1}\r\n`);
      if (count > 200) assertStringIncludes(output, `  line ${first + 199}\r\n  ... ${count - 200} more lines\r\n`);
      assertStringIncludes(output, "code 1");
      // What is not told to be lost has come.
      const got = [
        1,
        ...(await alice.everything()).map((line) => Number(/ PRIVMSG #lobby :line (\d+)$/.exec(line)?.[1] ?? 0)),
      ];
      assert(
        Math.max(...got) >= first - 1,
        `alice got ${got.at(-1)} lines, of which ${first - 1} are not told to be lost`,
      );
    }
  },
);

Deno.test(
  "terminal: the room's password is asked for three times, and a text behind a secret that failed is asked about",
  { ignore: !hasScript },
  async () => {
    await using house = await openRoom([], { page: false, password: "s3cret" });
    const alice = await house.person("alice", { join: "#lobby" });
    const said = async () => (await alice.sees(/^:bob!\S+ PRIVMSG /)).replace(/^\S+ /, "");
    await using bob = new Terminal("--nick", "bob", "--server", `127.0.0.1:${house.port}`);
    await bob.shows("Password of ");
    for (const [times, word] of [[1, "wrong"], [2, "wrong"], [3, "s3cret"]] as const) {
      await bob.types(`${word}\r`);
      if (times < 3) await bob.shows("Password of ", "the password is wrong or missing", times);
    }
    await bob.shows("bob --> #lobby> ");
    await bob.types("/register\r");
    await bob.shows("A password for the account bob:");
    await bob.types("\r");
    await bob.shows("No password was given");
    await bob.types("tea leaf\r");
    await bob.shows("Send this to #lobby? (yes/no, Enter means no)");
    await bob.types("\r");
    await bob.shows("Not sent.", "Send this to");
    await bob.types("hello\r");
    assertEquals(await said(), "PRIVMSG #lobby :hello");
    // A secret that the server refuses; several lines behind it are asked about together.
    await bob.types("/oper chief\r");
    await bob.shows("Password of the operator chief:");
    await bob.types("tea leaf\r");
    await bob.shows("The password is wrong.");
    await bob.types("\x1b[200~tea leaf\rtea leaf\r\x1b[201~");
    await bob.shows("Send these 2 lines to #lobby? (yes/no, Enter means no)");
    await bob.types("no\r");
    await bob.shows("Not sent: 2 lines.");
    await bob.types("again\r");
    assertEquals(await said(), "PRIVMSG #lobby :again");
    await bob.shows("<bob> again");
    // Whoever agrees says it; and a secret that served leaves nothing in doubt.
    await bob.types("/oper chief\r");
    await bob.shows("Password of the operator chief:", "<bob> again");
    await bob.types("tea leaf\r");
    await bob.shows("The password is wrong.", "<bob> again");
    await bob.types("no secret\r");
    await bob.shows("Send this to #lobby?", "<bob> again");
    await bob.types("yes\r");
    assertEquals(await said(), "PRIVMSG #lobby :no secret");
    await bob.shows("<bob> no secret");
    await bob.types("/register\r");
    await bob.shows("A password for the account bob:", "<bob> no secret");
    await bob.types("oolong leaf\r");
    await bob.shows("The same once more:");
    await bob.types("oolong leaf\r");
    await bob.shows("The account bob is yours");
    await bob.types("thanks\r");
    assertEquals(await said(), "PRIVMSG #lobby :thanks");
    await bob.types("/quit\r");
    const output = await bob.ended();
    assertStringIncludes(output, "code 0");
    assert(!output.includes("oolong"));
  },
);

Deno.test("terminal: a nick is asked for until it can be one, and suggested", { ignore: !hasScript }, async () => {
  await using room = new ScriptedServer();
  const named = new Terminal("--server", room.address);
  await named.shows("Your nick [guest-");
  await named.types("2bad\r");
  // What is typed before the question is asked again is dropped by the terminal.
  await named.shows("Your nick [guest-", "at most 30.");
  await named.types("张三\r");
  await named.shows("张三 --> #lobby> ");
  await named.types("\x03");
  await named.ended();
  const guest = new Terminal("--server", room.address);
  await guest.shows("Your nick [guest-");
  await guest.types("\r");
  await guest.shows(" --> #lobby> ");
  await guest.types("\x03");
  assertMatch(await guest.ended(), /guest-\d{4} --> #lobby> /);
});

Deno.test("terminal: colours, but for --no-color", { ignore: !hasScript }, async () => {
  await using room = new ScriptedServer();
  for (const flags of [[], ["--no-color"]]) {
    const terminal = new Terminal("--nick", "bob", "--server", room.address, ...flags);
    await terminal.shows("bob --> #lobby> ");
    await room.says(":alice!~tea@host PRIVMSG #lobby :\x1b]0;owned\x07hello");
    await terminal.shows("<alice> hello");
    await terminal.types("\x03");
    const output = await terminal.ended();
    assertEquals(output.includes("\x1b[32m<alice> hello"), flags.length === 0);
    assert(!output.includes("owned\x07"));
  }
});

Deno.test(
  "terminal: nothing that a server says is obeyed: what Tab completes, the prompt, the title, refusals",
  { ignore: !hasScript },
  async () => {
    await using room = new ScriptedServer();
    const terminal = new Terminal("--nick", "bob", "--server", room.address);
    await terminal.shows("bob --> #lobby> ");
    const evil = "\x1b]0;owned\x07\x1b[6n\x1b[31m\x9b5n";
    await room.says(`:eve${evil}!e@h JOIN #lobby`);
    await room.says(`:evelyn!e@h JOIN #lobby`);
    await room.says(`:alice${evil}!a@h PRIVMSG #lobby :hi${evil}`);
    await room.says(`:tea 353 bob = #lobby :bob alice${evil} eva evelyn eve${evil}`);
    await room.says(":tea 366 bob #lobby :End");
    await room.says(`:alice${evil}!a@h PRIVMSG bob :psst`);
    await room.says(`@+typing=active :eve${evil}!e@h TAGMSG #lobby`);
    await room.says(`:tea 999 bob${evil} :${evil}`);
    await terminal.shows("psst");
    // One after the other: a list, a common part, one name, a command, what is said about an unknown one.
    await terminal.types("ev\t\t");
    await terminal.shows("eva  evelyn");
    await terminal.types("\x15eve\t");
    await terminal.shows("evelyn: ");
    await terminal.types("\x15al\t\x15/to al\t\x15/help e\x1bve\r");
    await terminal.shows("There is no command");
    await room.says(`:bob!b@h NICK b${evil}`);
    await room.says(`:alice!a@h KICK #lobby b${evil} :${evil}out`);
    await terminal.shows("out");
    await room.says(`ERROR :${evil}bye`);
    room.hangUp();
    await terminal.shows("Connection lost");
    await terminal.types("\x15\x03");
    const output = await terminal.ended();
    for (const sequence of ["owned\x07", "\x1b[6n", "\x9b", "\x1b]0;owned"]) {
      assertEquals(output.split(sequence).length, 1, JSON.stringify(sequence));
    }
  },
);

Deno.test(
  "terminal: a password that others could read is asked about at the prompt, and nothing typed is lost",
  { ignore: !hasScript },
  async () => {
    await using server = new PlainServer();
    for (const [answer, sends] of [["no", false], ["yes", true]] as const) {
      const terminal = new Terminal("--nick", "bob", "--server", server.address);
      await terminal.shows("bob --> #lobby> ");
      await terminal.types("/login\r");
      await terminal.shows("Password of the account bob:");
      await terminal.types("leaf\r");
      await terminal.shows("Send it all the same? (yes/no, Enter means no)");
      await terminal.types(`${answer}\r`);
      await terminal.shows(sends ? "You are logged in as bob." : "its password was not sent");
      await terminal.types("\x03");
      assert(!(await terminal.ended()).includes("leaf"));
      assertEquals(server.heard.includes(btoa("\0bob\0leaf")), sends);
    }
  },
);

/** Keys by which a line is edited, of which "leaf" is left. */
const EDITED = "wrong\x15old word\x17\x17xe\x01l\x1b[C\x02\x06\x7f\x1bOFaf\x1b[Dx\x1b[D\x1b[3~" +
  "\x1b[H\x1b[3~l\x05\x1b[15~\x1b[?1;2c\x1b[A";

Deno.test(
  "terminal: keys edit a password that is asked for, at the start and at the prompt, and are no part of it",
  { ignore: !hasScript },
  async () => {
    await using room = new ScriptedServer("leaf");
    await using server = new PlainServer();
    const first = new Terminal("--nick", "bob", "--server", room.address);
    await first.shows("Password of ");
    await first.types(`${EDITED}\r`);
    await first.shows("bob --> #lobby> ");
    const second = new Terminal("--nick", "bob", "--server", server.address);
    await second.shows("bob --> #lobby> ");
    await second.types("/login\r");
    await second.shows("Password of the account bob:");
    // What is pasted is text, whatever is in it.
    await second.types(`${EDITED}👨‍👩‍👧‍👦\x7f\x1b[200~ \x15a\r\x1b[201~\r`);
    await second.shows("Send it all the same? (yes/no, Enter means no)");
    await second.types("yas\x1b[D\x7fe\r");
    await second.shows("You are logged in as bob.");
    for (const terminal of [first, second]) {
      await terminal.types("\x03");
      assertStringIncludes(await terminal.ended(), "code 0");
    }
    assertStringIncludes(server.heard, btoa("\0bob\0leaf a"));
  },
);

/** What is asked at a terminal: how it comes to that, with which server, and the question. */
const QUESTIONS: [
  what: string,
  server: () => ScriptedServer | PlainServer,
  flags: string[],
  keys: string[],
  question: string,
][] = [
  ["the nick", () => new ScriptedServer(), [], [], "Your nick ["],
  ["the room's password", () => new ScriptedServer("leaf"), ["--nick", "bob"], [], "Password of "],
  [
    "an account's password",
    () => new ScriptedServer(),
    ["--nick", "bob", "--login"],
    [],
    "Password of the account bob:",
  ],
  ["/login", () => new PlainServer(), ["--nick", "bob"], ["/login\r"], "Password of the account bob:"],
  [
    "whether others may read it",
    () => new PlainServer(),
    ["--nick", "bob"],
    ["/login\r", "leaf\r"],
    "Send it all the same?",
  ],
];
for (const [what, open, flags, keys, question] of QUESTIONS) {
  Deno.test(
    `terminal: asking for ${what} ends by a signal at once, and by Ctrl-D`,
    { ignore: !hasScript },
    async () => {
      await using server = open();
      for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129], ["SIGQUIT", 131], [undefined, 1]] as const) {
        const terminal = new Terminal(...flags, "--server", server.address);
        if (keys.length > 0) await terminal.shows("bob --> #lobby> ");
        for (const key of keys) {
          if (key === "leaf\r") await terminal.shows("Password of the account bob:");
          await terminal.types(key);
        }
        await terminal.shows(question);
        // Half an answer.
        await terminal.types("x");
        if (signal !== undefined) terminal.kill(signal);
        else await terminal.types(keys.length === 0 ? "\x15\x04" : "\x15\x04\x04");
        const output = await terminal.ended();
        assertStringIncludes(output, `code ${signal === undefined && keys.length > 0 ? 0 : code}`);
        assertMatch(output, /(?<!-)isig (?<!-)icanon[^]*(?<!-)echo /);
        if (signal !== undefined) assert(!/No password was given|not delivered|not logged in/.test(output), output);
      }
    },
  );
}

Deno.test("piped: a password that others could read is not sent, and the code is 1", async () => {
  await using server = new PlainServer();
  await using folder = await openFolder();
  const file = `${folder.path}/password`;
  await Deno.writeTextFile(file, "leaf\n");
  const flags = ["--nick", "bot", "--server", server.address, "--login", "--login-password-file", file];
  const { code, stderr } = await run(flags, "hello\n");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "the room wants the password as it is, where others on the network could read it");
  assertEquals(server.heard.includes(btoa("\0bot\0leaf")), false);
});

/** A server that takes passwords only as they are, and lets everybody in. */
class PlainServer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving = this.#serve();
  /** All that came. */
  heard = "";

  get address(): string {
    // By no name of this machine: there nobody else could read a password, and nothing would be asked.
    return `tcp://0.0.0.0:${this.#listener.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }

  async #serve(): Promise<void> {
    for await (const conn of this.#listener) await this.#handle(conn).catch(() => {}).finally(() => conn.close());
  }

  async #handle(conn: Deno.Conn): Promise<void> {
    const reader = new LineReader();
    const buffer = new Uint8Array(4096);
    let nick = "";
    const says = (...lines: string[]) =>
      conn.write(new TextEncoder().encode(lines.map((line) => line + "\r\n").join("")));
    for (let n = await conn.read(buffer); n !== null; n = await conn.read(buffer)) {
      for (const line of reader.push(buffer.subarray(0, n))) {
        if (typeof line !== "string") continue;
        this.heard += line + "\n";
        const { command, params: [first, last] } = parse(line);
        if (command === "NICK") nick = first;
        else if (line.startsWith("CAP LS")) await says("CAP * LS :sasl=PLAIN");
        else if (line.startsWith("CAP REQ")) await says(`CAP * ACK :${last}`);
        else if (line === "CAP END") await says(`:tea 001 ${nick} :Welcome`);
        else if (command === "JOIN") await says(`:${nick}!b@h JOIN ${first}`, `:tea 366 ${nick} ${first} :End`);
        else if (command === "PING") await says(`PONG tea :${first}`);
        else if (line === "AUTHENTICATE PLAIN") await says("AUTHENTICATE +");
        else if (command === "AUTHENTICATE") await says(`:tea 900 ${nick} x!x@x bob :in`, `:tea 903 ${nick} :done`);
        else if (command === "QUIT") return;
      }
    }
  }
}

/** Passes bytes on between a client and the server that is there at the moment, if one is. */
class Relay implements AsyncDisposable {
  /** The server's port; nobody is let through while there is none. */
  port: number | undefined;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #pipes: Promise<unknown>[] = [];
  readonly #accepting = this.#accept();

  get address(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#pipes);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.port === undefined) client.close();
      else this.#pipes.push(this.#pass(client, await Deno.connect({ hostname: "127.0.0.1", port: this.port })));
    }
  }

  /** Passes on, both ways; when one side ends, so does the other. */
  #pass(client: Deno.Conn, server: Deno.Conn): Promise<unknown> {
    const pipe = (from: Deno.Conn, to: Deno.Conn) => from.readable.pipeTo(to.writable).catch(() => {});
    return Promise.all([pipe(client, server), pipe(server, client)]);
  }
}

Deno.test(
  "terminal: a server that stops and starts leaves no gap and no line twice, and what it keeps is found",
  { ignore: !hasScript },
  async () => {
    await using folder = await openFolder();
    const flags = ["--db", `${folder.path}/teahouse.db`];
    await using relay = new Relay();
    await using first = await openRoom(flags);
    relay.port = first.port;
    const bob = new Terminal("--nick", "bob", "--server", relay.address);
    await bob.shows("bob --> #lobby> ");
    const alice = await first.person("alice", { join: "#lobby" });
    await alice.send("PRIVMSG #lobby :one 茶");
    await bob.shows("<alice> one 茶");
    await bob.types("two\r");
    await bob.shows("<bob> two");
    relay.port = undefined;
    await first[Symbol.asyncDispose]();
    await bob.shows("Connection lost: ");
    await bob.types("four\r");
    await bob.shows("Kept for when the server is back: four");
    // What is done here does not wait for anything.
    await bob.types("/send nothing\r");
    await bob.shows("There is no file nothing.");
    // The others talk on while the terminal is away.
    await using second = await openRoom(flags);
    const again = await second.person("alice", { join: "#lobby" });
    await again.send("PRIVMSG #lobby :three");
    await again.everything();
    relay.port = second.port;
    await bob.shows("<bob> four");
    await bob.types("/search 茶\r");
    await bob.shows("<alice> one 茶", 'One line with "茶":');
    const carol = new Terminal("--nick", "carol", "--server", second.address);
    await carol.shows("<bob> four");
    for (const terminal of [bob, carol]) await terminal.types("\x03");
    const [output, late] = [await bob.ended(), await carol.ended()];
    assertEquals(output.includes("when the server is back: /send"), false);
    const before = output.slice(0, output.indexOf("/search"));
    const lines = ["<alice> one 茶", "<bob> two", "you were away here: #lobby", "<alice> three", "<bob> four"];
    assertEquals(lines.map((line) => before.split(line).length - 1), [1, 1, 1, 1, 1]);
    assertEquals(
      lines.map((line) => before.indexOf(line)).toSorted((a, b) => a - b),
      lines.map((line) => before.indexOf(line)),
    );
    // Who comes later is shown what was said, dimmed.
    for (const text of ["<alice> one 茶", "<bob> two", "<alice> three"]) assertStringIncludes(late, `\x1b[2m${text}`);
  },
);

/** The client on a screen that tmux draws. */
class Screen implements AsyncDisposable {
  readonly #socket = `teahouse-test-${crypto.randomUUID()}`;

  async #tmux(...args: string[]): Promise<string> {
    const command = new Deno.Command("tmux", { args: ["-L", this.#socket, "-f", "/dev/null", ...args], cwd: ROOT });
    return new TextDecoder().decode((await command.output()).stdout);
  }

  async start(columns: number, ...args: string[]): Promise<void> {
    const size = ["-x", String(columns), "-y", "20"];
    await this.#tmux("-u", "new-session", "-d", ...size, Deno.execPath(), ...CLIENT, ...args);
  }

  async types(...keys: string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  async resize(columns: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", "20");
    // tmux draws anew at once, but gives the program a quarter of a second before it tells it.
    const tty = (await this.#tmux("display-message", "-p", "#{pane_tty}")).trim();
    for (let size = ""; !size.endsWith(` ${columns}\n`);) {
      size = new TextDecoder().decode((await new Deno.Command("stty", { args: ["-F", tty, "size"] }).output()).stdout);
    }
  }

  /** Waits until the last lines of the screen are these, `|` where the cursor is. */
  async shows(...lines: string[]): Promise<void> {
    const deadline = Date.now() + 10_000;
    let seen: string[] = [];
    while (Date.now() < deadline) {
      const [x, y] = (await this.#tmux("display-message", "-p", "#{cursor_x} #{cursor_y}")).split(" ").map(Number);
      const rows = (await this.#tmux("capture-pane", "-p")).split("\n").map((row) =>
        row.replace(/^\[\d\d:\d\d\] /, "")
      );
      const row = [...rows[y]];
      let at = 0;
      for (let column = 0; column < x; at++) {
        row[at] ??= " ";
        // A wide character takes two columns.
        column += /[\u2e80-\uffdc\u{1f300}-\u{1faff}]/u.test(row[at]) ? 2 : 1;
      }
      row.splice(at, 0, "|");
      rows[y] = row.join("");
      seen = rows.join("\n").trimEnd().split("\n").slice(-lines.length);
      if (seen.join("\n") === lines.join("\n")) return;
    }
    assertEquals(seen, lines);
  }

  /** Waits until a text is on the screen. */
  async holds(text: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    let seen = "";
    while (!seen.includes(text) && Date.now() < deadline) seen = await this.#tmux("capture-pane", "-p");
    assert(seen.includes(text), `"${text}" is not on the screen:\n${seen}`);
  }

  /** Waits until the cursor is in a column. */
  async isAt(column: number, what: string): Promise<void> {
    const deadline = Date.now() + 10_000;
    let seen = -1;
    while (seen !== column && Date.now() < deadline) {
      seen = Number(await this.#tmux("display-message", "-p", "#{cursor_x}"));
    }
    assertEquals(seen, column, what);
  }

  /** How many rows have left the screen at its top. */
  async scrolled(): Promise<number> {
    return Number(await this.#tmux("display-message", "-p", "#{history_size}"));
  }

  /** How many columns a text takes where tmux draws it: its own answer, by which the client's is to be judged. */
  async columnsOf(text: string): Promise<number> {
    const script = 'printf "%s\\033]2;drawn\\007" "$1"; exec sleep 60';
    const made = await this.#tmux("new-window", "-dP", "-F", "#{pane_id}", "sh", "-c", script, "-", text);
    const pane = made.trim();
    const ask = (format: string) => this.#tmux("display-message", "-p", "-t", pane, format);
    while ((await ask("#{pane_title}")).trim() !== "drawn");
    const columns = Number(await ask("#{cursor_x}"));
    await this.#tmux("kill-pane", "-t", pane);
    return columns;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }
}

Deno.test(
  "terminal: the cursor stands where the terminal draws it, and one key takes one character away",
  { ignore: !hasTmux },
  async () => {
    await using room = new ScriptedServer();
    await using screen = new Screen();
    await screen.start(80, "--nick", "bob", "--server", room.address, "--no-color");
    await screen.shows("bob --> #lobby> |");
    const characters = ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "❤️", "1️⃣", "e\u0301", "क्षि", "กำ", "\u1112\u1161\u11ab", "…"];
    for (const one of characters) {
      await screen.types("-l", `ab${one}${one}${one}cd`);
      await screen.types("Left", "Left");
      await room.says(`:alice!~tea@host PRIVMSG #lobby :between ${one}`);
      await screen.isAt(await screen.columnsOf(`bob --> #lobby> ab${one}${one}${one}`), one);
      await screen.types("BSpace");
      await screen.isAt(await screen.columnsOf(`bob --> #lobby> ab${one}${one}`), one);
      await screen.types("Left", "x", "Enter");
      await room.hears(`PRIVMSG #lobby :ab${one}x${one}cd`);
    }
  },
);

Deno.test(
  "terminal: of a line longer than the screen the rows around the cursor show, and none is left behind",
  { ignore: !hasTmux },
  async () => {
    await using room = new ScriptedServer();
    await using screen = new Screen();
    await screen.start(40, "--nick", "bob", "--server", room.address, "--no-color");
    await screen.shows("bob --> #lobby> |");
    // 25 rows, and a part of one more.
    await screen.types("-l", "x".repeat(999) + "z");
    await screen.holds("z");
    await screen.isAt(16, "the end");
    const before = await screen.scrolled();
    for (const key of ["a", "b", "c"]) await screen.types(key);
    await room.says(":alice!~tea@host PRIVMSG #lobby :between");
    await screen.holds("between");
    await screen.types("Home", "d", "End");
    await screen.isAt(20, "the end again");
    assertEquals(await screen.scrolled() - before, 1, "the line that was said");
    await screen.types("C-u");
    await screen.isAt(16, "an empty line");
  },
);

Deno.test(
  "terminal: lines that arrive, and a new size, do no harm to a half-typed line",
  { ignore: !hasTmux },
  async () => {
    await using room = new ScriptedServer();
    await using screen = new Screen();
    await screen.start(40, "--nick", "bob", "--server", room.address, "--no-color");
    await screen.shows("bob --> #lobby> |");
    await screen.types("-l", "我想喝茶 and talk about tea with all of you");
    await screen.shows("bob --> #lobby> 我想喝茶 and talk about", "tea with all of you|");
    // Whole screens from here on: nothing is left behind, and nothing is lost.
    const above = ["#lobby: 2 online: alice, bob", "<alice> 你好, bob"];
    await room.says(":alice!~tea@host PRIVMSG #lobby :你好, bob");
    await screen.shows(...above, "bob --> #lobby> 我想喝茶 and talk about", "tea with all of you|");
    await screen.resize(48);
    await screen.shows(...above, "bob --> #lobby> 我想喝茶 and talk about tea with", " all of you|");
    await screen.types("Home", "Right", "Right");
    above.push("<alice> still there?");
    await room.says(":alice!~tea@host PRIVMSG #lobby :still there?");
    await screen.shows(...above, "bob --> #lobby> 我想|喝茶 and talk about tea with", " all of you");
    // One row while the cursor was on the second.
    await screen.types("End");
    await screen.resize(70);
    await screen.shows(...above, "bob --> #lobby> 我想喝茶 and talk about tea with all of you|");
    await screen.resize(40);
    await screen.shows(...above, "bob --> #lobby> 我想喝茶 and talk about", "tea with all of you|");
    await screen.types("!", "Enter");
    await room.hears("PRIVMSG #lobby :我想喝茶 and talk about tea with all of you!");
    // What was written is not there twice.
    const said = ["<bob> 我想喝茶 and talk about", "      | tea with all of you!"];
    await screen.shows(...above, ...said, "bob --> #lobby> |");
  },
);

Deno.test(
  "terminal: a text of spaces and somebody's name is no line of theirs, in a wide and in a narrow one, without colours",
  { ignore: !hasTmux },
  async () => {
    for (const [columns, mark] of [[80, "      | "], [30, "| "]] as const) {
      await using room = new ScriptedServer();
      await using screen = new Screen();
      await screen.start(columns, "--nick", "bob", "--server", room.address, "--no-color");
      await screen.shows("bob --> #lobby> |");
      const hi = "[12:00] <mallory> hi".padEnd(columns).slice("[12:00] <mallory> ".length);
      await room.says(`:mallory!m@h PRIVMSG #lobby :${hi}[12:00] <boss> the key?`);
      await room.says(
        `:mallory!m@h PRIVMSG #lobby :${hi.slice(0, 4)}${"茶".repeat(columns / 2 - 11)}[12:00] <boss> hm`,
      );
      await screen.shows(
        "<mallory> hi",
        `${mark}[12:00] <boss> the key?`,
        // The row is full, and what would stand in the first column of the next one is behind a mark.
        `<mallory> hi  ${"茶".repeat(columns / 2 - 11)}`,
        `${mark}[12:00] <boss> hm`,
        "bob --> #lobby> |",
      );
      // What stands before the line is no longer than a row either.
      await room.says(`:${"茶".repeat(30)}!m@h JOIN #lobby`);
      await room.says(":mallory!m@h PRIVMSG #lobby :so");
      await screen.shows("<mallory> so", "bob --> #lobby> |");
      await screen.types("-l", `/to ${"茶".repeat(30)}`);
      await screen.types("Enter");
      const shown = columns === 80 ? "茶".repeat(24) : "茶".repeat(4);
      await screen.shows(`bob --> ${shown}…> |`);
    }
  },
);

Deno.test("terminal: /edit brings the last own message, and what is sent then takes its place", {
  ignore: !hasScript,
}, async () => {
  await using room = await openRoom();
  await using terminal = new Terminal("--nick", "bob", "--server", `127.0.0.1:${room.port}`);
  await terminal.shows("bob --> #lobby");
  await terminal.types("tea at fuor\r");
  await terminal.shows("<bob> tea at fuor");
  await terminal.types("/edit\r");
  await terminal.shows("/edit tea at fuor", "<bob> tea at fuor");
  await terminal.types("\x7f\x7f\x7four\r");
  await terminal.shows("<bob> tea at four (edited)");
  await terminal.types("/edit tea at five\r");
  await terminal.shows("<bob> tea at five (edited)");
  await terminal.types("/history\r/quit\r");
  assert(!(await terminal.ended()).includes("<bob> /edit"));
});
