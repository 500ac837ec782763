/**
 * The server as a program: its flags, its exit codes, and how it ends.
 *
 * @module
 */

import { assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { reachedAt } from "../server/wire/interfaces.ts";
import { qrLines } from "../shared/qr.ts";
import { freePort, openFolder, openRoom, run, runServer, until } from "./room.ts";
import { hasScript } from "./terminal.ts";

Deno.test("a wrong flag: one line on standard error that names it, nothing on standard output, exit code 2", async () => {
  const wrong: [args: string[], says: RegExp][] = [
    [["--colour"], /unknown flag --colour/],
    [["-x"], /unknown flag -x/],
    [["8888"], /unknown argument 8888/],
    [["--port", "tea"], /--port .*"tea"/],
    [["--port", "65536"], /--port .*"65536"/],
    [["--port", "-1"], /--port|-1/],
    [["--port"], /--port/],
    [["--port="], /--port/],
    [["--host="], /--host/],
    [["--flood-limit", "1.5"], /--flood-limit .*"1\.5"/],
    [["--max-per-ip", "many"], /--max-per-ip .*"many"/],
    [["--log-level", "loud"], /--log-level/],
    [["--name="], /--name/],
    [["--name", "a\nb"], /--name/],
    [["--motd="], /--motd/],
    [["--password="], /--password/],
    [["--password-file="], /--password-file/],
    [["--password-file", "no-such-file.txt"], /--password-file no-such-file\.txt/],
    [["--oper-file", "server"], /--oper-file server is a folder/],
    [["--password-file", "/dev/zero"], /--password-file \/dev\/zero: it is larger than 1000000 bytes/],
    [["--oper-file", "/dev/zero"], /--oper-file \/dev\/zero: it is larger than 1000000 bytes/],
    [["--oper", "root"], /--oper must be NAME:PASSWORD/],
    [["--base", "chat"], /--base must be a path as \/chat\//],
  ];
  // Two at a time: that is as many cores as there may be.
  for (let i = 0; i < wrong.length; i += 2) {
    await Promise.all(
      wrong.slice(i, i + 2).map(async ([args, says]) => {
        const { code, stdout, stderr } = await runServer(...args);
        assertEquals([code, stdout, stderr.split("\n").length], [2, "", 2], `${args}: ${stdout}${stderr}`);
        assertMatch(stderr, says);
      }),
    );
  }
});

Deno.test("a fault while the room is opened ends the program, and says what it is", async () => {
  await using folder = await openFolder();
  const preload = `${folder.path}/fault.js`;
  await Deno.writeTextFile(preload, 'Deno.addSignalListener = () => { throw new Error("no signals today"); };\n');
  const flags = ["--host", "127.0.0.1", "--port", "0", "--web-port", "0", "--db", ":memory:"];
  const { code, stderr } = await run(Deno.execPath(), ["run", "-A", "--preload", preload, "server.ts", ...flags]);
  assertEquals(code, 1);
  assertMatch(stderr, /^server\.ts: a fault ends the room: Error: no signals today/m);
});

Deno.test("--help shows each flag with its default, --version the version", async () => {
  const { code, stdout, stderr } = await runServer("--help");
  assertEquals([code, stderr], [0, ""]);
  for (const flag of ["--host", "--port", "--name", "--motd", "--password", "--flood-limit", "--max-per-ip"]) {
    assertMatch(stdout, new RegExp(`^  ${flag} [^]*?\\(default: [^)]+\\)`, "m"));
  }
  for (const line of stdout.split("\n")) assertLess(line.length, 121);
  assertMatch((await runServer("--version")).stdout, /^Teahouse \d+\.\d+\.\d+\n$/);
});

Deno.test("a port in use: one line that names the port and the flag, exit code 1", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const { code, stdout, stderr } = await runServer("--db", ":memory:", "--host", "127.0.0.1", "--port", `${port}`);
  assertEquals([code, stdout, stderr.split("\n").length], [1, "", 2], stderr);
  assertStringIncludes(stderr, `port ${port} is in use`);
  assertStringIncludes(stderr, "--port");
});

Deno.test("a host that is not this machine's, a motd that is not there: one line with the flag, exit code 1", async () => {
  const wrong: [args: string[], flag: string][] = [
    // Set aside for documents (RFC 5737): nobody has it.
    [["--host", "192.0.2.1", "--port", "0"], "--host"],
    [["--host", "127.0.0.1", "--port", "0", "--motd", "no-such-file.txt"], "--motd"],
    [["--host", "127.0.0.1", "--port", "0", "--motd", "/dev/zero"], "--motd"],
    [["--motd", "no-such-file.txt"], "cannot read --motd no-such-file.txt: No such file or directory\n"],
    [["--db", "no-such-folder/tea/tea.db"], "there is no folder "],
  ];
  for (const [args, flag] of wrong) {
    const { code, stdout, stderr } = await runServer("--db", ":memory:", ...args);
    assertEquals([code, stdout, stderr.split("\n").length], [1, "", 2], stderr);
    assertStringIncludes(stderr, flag);
  }
});

Deno.test("secrets come from files and the environment; a file that others can read is warned of, a wrong line is named", async () => {
  await using folder = await openFolder();
  const [password, operators] = ["password", "operators"].map((name) => `${folder.path}/${name}`);
  await Deno.writeTextFile(password, "kettle and pot\nno part of it\n", { mode: 0o600 });
  await Deno.writeTextFile(operators, "# who may moderate\n\nroot:oolong:x\r\n chief:steep \n", { mode: 0o600 });
  await Deno.chmod(operators, 0o644);
  const flags = ["--password-file", password, "--oper-file", operators];
  {
    await using room = await openRoom(flags, { env: { TEAHOUSE_OPER: "carol:one,dave:two\nerin:three" } });
    assertEquals(room.log.filter((line) => line.includes("can be read by others")).length, 1);
    await room.logs(`--oper-file ${operators} can be read by others`);
    const alice = await room.stranger("alice");
    await alice.send("PASS :kettle and pot", "NICK alice", "USER alice 0 * :alice");
    await alice.sees(/ 001 alice /);
    const words = ["root oolong:x", "chief steep", "carol one", "dave two", "erin three"];
    await alice.send(...words.map((oper) => `OPER ${oper}`));
    for (const _ of words) await alice.sees(/ 381 alice /);
    assertEquals(room.log.filter((line) => /kettle|oolong|steep/.test(line)), []);
  }
  {
    await using room = await openRoom([], { env: { TEAHOUSE_PASSWORD: "kettle" } });
    const eve = await room.stranger("eve");
    await eve.send("PASS pot", "NICK eve", "USER eve 0 * :eve");
    await eve.sees(/ 464 /);
  }
  await Deno.writeTextFile(operators, "root:oolong\nno password\n");
  for (
    const [args, says] of [[flags, /line 2 must be NAME:PASSWORD/], [
      ["--password", "x", ...flags],
      /different/,
    ]] as const
  ) {
    await Deno.chmod(operators, 0o600);
    const { code, stderr } = await runServer("--port", "0", ...args);
    assertEquals([code, stderr.split("\n").length], [2, 2], stderr);
    assertMatch(stderr, says);
  }
});

Deno.test("a folder that is made for the database is told: its name may be a mistake", async () => {
  await using folder = await openFolder();
  await using room = await openRoom(["--db", `${folder.path}/tee/tea.db`]);
  await room.logs(`there was no folder ${folder.path}/tee, so it is made for tea.db`);
});

Deno.test("a password on the command line is warned of, and not repeated", async () => {
  const secrets = ["--password", "oolong", "--oper", "ann:oolong"];
  const { stderr } = await runServer(...secrets, "--motd", "no-such-file.txt");
  assertEquals(stderr.split("\n").length, 2, "What does not open warns of nothing.");
  await using room = await openRoom(secrets);
  const told = room.log.filter((line) => line.includes("others on this machine can read a command line"));
  assertEquals(told.map((line) => /--\w+-file and \w+/.exec(line)?.[0]), [
    "--password-file and TEAHOUSE_PASSWORD",
    "--oper-file and TEAHOUSE_OPER",
  ]);
  assertEquals(room.log.filter((line) => line.includes("oolong")), []);
  await using other = await openRoom([], { env: { TEAHOUSE_PASSWORD: "oolong", TEAHOUSE_OPER: "ann:oolong" } });
  assertEquals(other.log.filter((line) => line.includes("others on this machine")), []);
});

Deno.test("the environment sets flags that the command line leaves out", async () => {
  const env = { TEAHOUSE_NAME: "Tea at noon", TEAHOUSE_LOG_LEVEL: "info" };
  await using room = await openRoom([], { env });
  await room.logs("Tea at noon is open on port");
  await using other = await openRoom(["--name", "Tea at night"], { env });
  await other.logs("Tea at night is open on port");
});

Deno.test("SIGTERM with people connected: each is told, and the server ends with 0 within seconds", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await using room = await openRoom();
  const people = [await room.person("alice", { join: "#tea" }), await room.person("bob", { join: "#tea" })];
  people.push(await room.stranger());
  // Someone who never reads, and does not close either, is not waited for.
  const mute = await room.connect();
  await mute.write(new TextEncoder().encode("NICK mute\r\nUSER mute 0 * :mute\r\nJOIN #tea\r\n"));
  await people[0].sees(":mute!mute@127.0.0.1 JOIN #tea");
  const begun = Date.now();
  room.kill("SIGTERM");
  for (const person of people) assertMatch((await person.rest()).at(-1) ?? "", /^ERROR :Closing link: \(.+\)$/);
  assertEquals(await room.ended(), 0);
  assertLess(Date.now() - begun, 8_000);
});

Deno.test(
  "SIGINT ends it likewise; a second one ends it at once",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await using room = await openRoom();
    const alice = await room.person("alice");
    room.kill("SIGINT");
    assertMatch((await alice.rest()).at(-1) ?? "", /^ERROR :Closing link: \(.+\)$/);
    assertEquals(await room.ended(), 0);

    await using other = await openRoom();
    // Someone who does not close keeps it from ending by itself.
    const mute = await other.connect();
    await mute.write(new TextEncoder().encode("NICK mute\r\nUSER mute 0 * :mute\r\n"));
    await other.logs("mute has come in");
    other.kill("SIGINT");
    await other.logs("closing");
    const begun = Date.now();
    other.kill("SIGINT");
    assertEquals(await other.ended(), 1);
    assertLess(Date.now() - begun, 2_500);
  },
);

Deno.test("what is said last before SIGTERM still arrives", { ignore: Deno.build.os === "windows" }, async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#tea" });
  const bob = await room.person("bob", { join: "#tea" });
  await alice.send("PRIVMSG #tea :last words");
  await alice.everything();
  room.kill("SIGTERM");
  const lines = await bob.rest();
  assertEquals(lines[0], ":alice!alice@127.0.0.1 PRIVMSG #tea :last words");
  assertMatch(lines.at(-1)!, /^ERROR :/);
  assertEquals(await room.ended(), 0);
});

Deno.test("the log says who comes, who goes and how many are online; --log-level error says nothing of it", async () => {
  for (const flags of [[], ["--log-level", "error"]]) {
    const isQuiet = flags.length > 0;
    // A quiet server does not print where it listens, either.
    await using room = await openRoom(flags, isQuiet ? { port: freePort(), isQuiet } : {});
    const alice = await room.person("alice");
    await alice.send("NICK alicia", "QUIT :bye");
    await alice.rest();
    if (isQuiet) {
      assertEquals(room.log, []);
      continue;
    }
    await room.logs(/^\d\d:\d\d:\d\d alice has come in from 127\.0\.0\.1; 1 online$/);
    await room.logs(/ alice is now alicia; 1 online$/);
    await room.logs(/ alicia has left \(Quit: bye\); 0 online$/);
  }
});

Deno.test({
  name: "a QR code of an address that others open is shown in a terminal, and in no file",
  ignore: !hasScript || reachedAt(undefined, Deno.networkInterfaces()).length < 2,
  fn: async () => {
    await using folder = await openFolder();
    const flags = ["--host", "0.0.0.0", "--no-tls"];
    await using quiet = await openRoom(flags);
    await quiet.logs(/from other machines it is at http/);
    assertEquals(quiet.log.filter((line) => /[█▀▄]/.test(line)), []);
    // A program that runs the server at a terminal of its own, and writes down what is shown there.
    const inside = ["sh", "-c", 'exec script -qfec "$*" /dev/null', "sh"];
    await using room = await openRoom([...flags, "--db", `${folder.path}/tea.db`], { inside });
    const address = / it is at (http:\S+)/.exec(await room.logs(/ it is at http:/))![1];
    const shown = await room.logs(/^ {2}http:/);
    assertEquals(shown.trim(), address);
    const at = room.log.indexOf(shown);
    const code = () => room.log.slice(at + 1).map((line) => line.trimEnd()).filter((line) => /[█▀▄]/.test(line));
    await until("the code", () => code().length >= 13 || undefined);
    assertEquals(code().slice(0, 13), qrLines(address, false).slice(0, 13).map((line) => `  ${line}`.trimEnd()));
  },
});

Deno.test("of who comes and goes at one address no more is logged than can be read; how much is left out is told at the end, too", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const eve = await room.person("eve");
  for (let i = 0; i < 1_000; i++) await eve.send(`NICK eve${i}`);
  await eve.sees(/ NICK :?eve999$/);
  room.kill("SIGTERM");
  await eve.rest();
  assertEquals(await room.ended(), 0);
  const told = room.log.filter((line) => /eve\d* (?:has come in|is now|has left)/.test(line)).length;
  const leftOut = room.log.map((line) =>
    Number(/(\d+) lines about people at 127\.0\.0\.1 are left out$/.exec(line)?.[1] ?? 0)
  );
  // Beside her nicks there are two lines: that she has come in, and that she has left. Where the machine is slow, some seconds
  // pass, and what is left out is told more than once.
  assertEquals([told + leftOut.reduce((sum, more) => sum + more), told < 500], [1_002, true]);
});

Deno.test("a log that nobody reads holds up neither those who talk nor the end", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using folder = await openFolder();
  const path = `${folder.path}/log`;
  await run("mkfifo", [path]);
  using pipe = Deno.openSync(path, { read: true, write: true });
  // What a pipe holds: whatever is written to it now waits until somebody reads.
  const filler = new Uint8Array(65_536).fill(10);
  pipe.writeSync(filler);
  await using room = await openRoom([], {
    env: { LOG: path },
    inside: ["sh", "-c", 'exec "$0" "$@" >"$LOG" 2>&1'],
    port: freePort(),
    isQuiet: true,
  });
  await room.person("alice");
  await room.servesNewcomers();
  let seen = "";
  for (const buffer = new Uint8Array(65_536); !seen.includes("newcomer has left");) {
    seen += new TextDecoder().decode(buffer.subarray(0, await pipe.read(buffer) ?? 0));
  }
  assertStringIncludes(seen, "alice has come in from 127.0.0.1; 1 online\n");

  pipe.writeSync(filler);
  const begun = Date.now();
  room.kill("SIGTERM");
  assertEquals(await room.ended(), 0);
  assertLess(Date.now() - begun, 8_000);
});
