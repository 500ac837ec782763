/**
 * The programs in one file: they open a room and join it in a folder where nothing else is, without a network to load from, and
 * with the permissions that the systemd unit gives.
 *
 * @module
 */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import { handedOut, openAlone } from "./handed_out.ts";
import { isInstalled, openFolder, openRoom, type Room, run, type ServerProgram, skipped } from "../room.ts";
import { SecureRoom } from "../tls.ts";

/** How large a program may be, in bytes, and how long it may take to open the room, in milliseconds. */
const MOST = { bytes: 1_500_000, start: 500 };

/** What is said in a room, kept, found, deleted, and told again; over TCP, WebSockets and TLS. */
async function talks(secure: SecureRoom): Promise<void> {
  const { room } = secure;
  const caps = "message-tags server-time batch labeled-response draft/chathistory draft/message-redaction";
  const alice = await room.person("alice", { caps: `echo-message ${caps}`, join: "#tea" });
  const bob = await room.person("bob", { caps, join: "#tea", over: "text.ircv3.net" });
  await alice.everything();
  await alice.send("PRIVMSG #tea :the tea is ready 🍵");
  await bob.sees(/:alice!\S+ PRIVMSG #tea :the tea is ready 🍵$/);
  const [, msgid] = /msgid=([^;\s]+)/.exec(await alice.sees(/ PRIVMSG #tea /))!;
  await using carol = await secure.person("carol");
  await carol.send("JOIN #tea", "PRIVMSG #tea :over TLS");
  await bob.sees(/:carol!\S+ PRIVMSG #tea :over TLS$/);
  await bob.send("CHATHISTORY LATEST #tea * 50");
  await bob.sees(/:the tea is ready 🍵$/);
  // The log is then emptied, by a thread.
  await alice.send(`REDACT #tea ${msgid}`);
  await bob.sees(/ REDACT #tea /);

  const page = await room.page();
  const answer = await fetch(page);
  assertStringIncludes(await answer.text(), "<title>");
  assertEquals(answer.status, 200);
}

/** Closes a room, and finds its database whole and its log in it. */
async function closes(room: Room, folder: string): Promise<void> {
  room.kill("SIGTERM");
  assertEquals(await room.ended(), 0);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => /-(wal|shm)$/.test(name));
  assertEquals(files, []);
}

/** What a server says that lacks a permission, or a part of itself. */
const LACKS = /permission|Requires|can't|cannot|begin anew|fault|allow-/i;

Deno.test("teahouse.js and tea.js alone in a folder: people talk, and TERM closes the database", async () => {
  await using alone = await openAlone("teahouse.js");
  await using own = await openAlone("tea.js");
  await using secure = await SecureRoom.open(() => [], { program: alone.program }, await openFolder());
  await talks(secure);
  assertEquals(secure.room.log.filter((line) => LACKS.test(line) || /deno run|\.ts\b/.test(line)), []);
  await secure.room.logs("join it with: tea --server ");

  const dave = await secure.room.person("dave", { join: "#lobby" });
  const [deno, ...args] = own.program.command;
  const flags = ["--no-device", "--nick", "kettle", "--server", secure.room.address];
  const said = await run(deno, [...args, ...flags], "tea is ready :tea:\n", own.program);
  assertEquals([said.code, said.stderr], [0, ""]);
  await dave.sees(/^:kettle!\S+ PRIVMSG #lobby :tea is ready 🍵$/u);
  await closes(secure.room, secure.folder);
});

Deno.test("the programs call themselves by their names", async () => {
  for (const [file, name] of [["teahouse.js", "teahouse"], ["tea.js", "tea"]] as const) {
    await using alone = await openAlone(file);
    const [deno, ...args] = alone.program.command;
    const { stdout } = await run(deno, [...args, "--help"], "", alone.program);
    assert(!/deno run|\.ts\b/.test(stdout), stdout);
    assertMatch(stdout, new RegExp(`^(Usage: |  )${name} `, "m"));
    if (file === "tea.js") continue;
    const { code, stderr } = await run(deno, [...args, "--prot", "1"], "", alone.program);
    assertEquals(code, 2);
    assertMatch(stderr, /^teahouse: unknown flag --prot; /);
  }
});

Deno.test("the programs are small, and the room is open half a second after its start", async () => {
  const { folder } = await handedOut();
  for (const file of ["teahouse.js", "tea.js"]) {
    assertLess((await Deno.stat(`${folder}/${file}`)).size, MOST.bytes, file);
  }
  await using alone = await openAlone("teahouse.js");
  const times: number[] = [];
  // The fastest one: a busy machine makes any of them slow.
  for (let i = 0; i < 5 && !times.some((time) => time < MOST.start); i++) {
    const began = performance.now();
    await using _room = await openRoom([], { program: alone.program, page: "default" });
    times.push(performance.now() - began);
  }
  assert(Math.min(...times) < MOST.start, `${times.map(Math.round).join(", ")} ms`);
});

/** Where the unit finds the program. */
const PROGRAM = "/opt/teahouse/teahouse.js";

/** The command of the unit as systemd reads it, with the room's folder for `%S/teahouse`. */
async function commandOf(unit: string, state: string, program: string): Promise<ServerProgram> {
  const text = (await Deno.readTextFile(unit)).replaceAll(/\\\n\s*/g, "");
  const words = /^ExecStart=(.*)$/m.exec(text)![1].replaceAll("%S/teahouse", state).split(/\s+/);
  const at = words.indexOf(PROGRAM);
  assertEquals([words[0], words.slice(at + 1)], ["/opt/teahouse/deno", ["--db", `${state}/teahouse.db`]]);
  const permissions = words.slice(1, at);
  assert(permissions.includes("--no-prompt") && !permissions.includes("-A"));
  return { command: [Deno.execPath(), ...permissions, program], cwd: state, env: { DENO_DIR: `${state}/deno` } };
}

Deno.test("with the permissions of the systemd unit the room lacks nothing", async () => {
  const { folder } = await handedOut();
  const state = await openFolder();
  const program = await commandOf(`${folder}/teahouse.service`, state.path, `${folder}/teahouse.js`);
  await using secure = await SecureRoom.open(() => ["--log-level", "debug"], { program }, state);
  await talks(secure);
  assertEquals(secure.room.log.filter((line) => LACKS.test(line)), []);
  // systemctl reload
  secure.room.kill("SIGHUP");
  await secure.room.logs(/read again/);
  await closes(secure.room, secure.folder);
});

Deno.test("with them it reads no other files", async () => {
  const { folder } = await handedOut();
  await using state = await openFolder();
  const { command, ...options } = await commandOf(`${folder}/teahouse.service`, state.path, `${folder}/teahouse.js`);
  const [deno, ...args] = command;
  const { code, stderr } = await run(deno, [...args, "--motd", "/etc/passwd", "--port", "0"], "", options);
  assertEquals(code, 1);
  assertMatch(stderr, /cannot read --motd \/etc\/passwd: /);
});

Deno.test("however the room is started, its young objects get less memory than the runtime would take", async () => {
  for (const file of ["archive/teahouse", "archive/teahouse.cmd", "systemd/teahouse.service", "docker/Dockerfile"]) {
    const text = await Deno.readTextFile(new URL(`../../packaging/${file}`, import.meta.url));
    assertMatch(text, /DENO_V8_FLAGS(?:=|:-)(?:"\$\{DENO_V8_FLAGS:-)?--max-semi-space-size=8\b/, file);
  }
});

Deno.test("in a container the room has the same permissions", async () => {
  const unit = await Deno.readTextFile(new URL("../../packaging/systemd/teahouse.service", import.meta.url));
  const docker = await Deno.readTextFile(new URL("../../packaging/docker/Dockerfile", import.meta.url));
  const flags = (text: string) =>
    [...text.matchAll(/--(?:allow|no|cached)-[^\s",]+(?:,[^\s",]+)*/g)].map(([flag]) => flag);
  const entry = docker.slice(docker.indexOf("ENTRYPOINT")).split("\n\n")[0];
  const command = /^ExecStart=(?:.*\\\n)*.*$/m.exec(unit)![0];
  assertEquals(flags(entry), flags(command.replaceAll("%S/teahouse", "/data")));
});

const verifies = await isInstalled("systemd-analyze") ? [] : ["systemd-analyze"];
Deno.test(`systemd takes the unit${skipped(verifies)}`, { ignore: verifies.length > 0 }, async () => {
  const { folder } = await handedOut();
  await using root = await openFolder();
  // The unit names programs and a manual page that a machine has on which it is installed.
  const unit = `${root.path}/teahouse.service`;
  const text = await Deno.readTextFile(`${folder}/teahouse.service`);
  await Deno.writeTextFile(unit, text.replaceAll("/opt/teahouse/deno", "/bin/true").replace("Documentation", "#"));
  const { code, stdout, stderr } = await run("systemd-analyze", ["verify", unit]);
  assertEquals([code, stdout, stderr], [0, "", ""]);
});

const lints = await isInstalled("mandoc") ? [] : ["mandoc"];
Deno.test(
  `mandoc finds nothing wrong with the manual pages${skipped(lints)}`,
  { ignore: lints.length > 0 },
  async () => {
    const { folder } = await handedOut();
    const pages = ["teahouse.1", "tea.1"].map((page) => `${folder}/${page}`);
    const { code, stdout, stderr } = await run("mandoc", ["-T", "lint", "-W", "warning", ...pages]);
    assertEquals([code, stdout, stderr], [0, "", ""]);
    const shown = (await run("mandoc", ["-T", "ascii", pages[0]])).stdout.replaceAll(/.[\b]/g, "");
    for (const words of ["--web-port N", "TEAHOUSE_WEB_PORT", "8080, or the next"]) assertStringIncludes(shown, words);
  },
);
