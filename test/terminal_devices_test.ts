/** The terminal client comes back as who its person was: the program, started again and again in front of a whole server. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { openFolder, openRoom, type Room } from "./room.ts";
import { hasScript, Terminal } from "./terminal.ts";

/** A test at a terminal, and with a folder for what the client keeps. */
function atTerminal(name: string, fn: (room: Room, state: string) => Promise<void>, flags: string[] = []): void {
  Deno.test({
    name: name + (hasScript ? "" : " (skipped: script is not installed)"),
    ignore: !hasScript,
    fn: async () => {
      await using folder = await openFolder();
      await using room = await openRoom(["--no-web", ...flags], { page: "default" });
      await fn(room, folder.path);
    },
  });
}

/** The secrets that are kept below a folder, by nick. */
function kept(state: string): Record<string, string> {
  const folder = `${state}/teahouse/devices`;
  const entries = [...Deno.readDirSync(folder)].map(({ name }) =>
    JSON.parse(Deno.readTextFileSync(`${folder}/${name}`))
  );
  return Object.fromEntries(entries.map(({ nick, secret }) => [nick, secret]));
}

/** Starts the client, and waits until it is in #lobby. */
async function starts(room: Room, state: string, ...flags: string[]): Promise<Terminal> {
  const terminal = new Terminal({ state }, "--server", room.address, ...flags);
  await terminal.shows("#lobby: ");
  return terminal;
}

async function leaves(terminal: Terminal): Promise<string> {
  await terminal.types("\x15/quit\r");
  return await terminal.ended();
}

atTerminal(
  "the client started again is the same guest: nick, channels with their keys, and the private talk",
  async (room, state) => {
    const bob = await room.person("bob");
    const first = await starts(room, state, "--nick", "alice");
    await first.types("/join #tea\r");
    await first.shows("--> #tea");
    await first.types("/key oolong\r/to #lobby\r/to bob\rtwo lumps, please\r");
    await bob.sees(/PRIVMSG bob :two lumps, please$/);
    await leaves(first);
    // Without --nick it is whoever came last, and it is not asked.
    const second = await starts(room, state);
    await second.shows("as alice, as the last time...");
    await second.types("/to bob\r");
    await second.shows("two lumps, please");
    await second.types("/to #tea\r");
    await second.shows("--> #tea");
    const shown = await leaves(second);
    assert(!shown.includes("needs its key"), shown);
    assertEquals(Object.keys(kept(state)), ["alice"]);
    assert(!shown.includes(kept(state).alice), "the secret is shown to nobody");
  },
);

atTerminal("two people of one user are two people, and two clients of one are one", async (room, state) => {
  const bob = await room.person("bob");
  await bob.send("JOIN #lobby");
  await using alice = await starts(room, state, "--nick", "alice");
  await bob.sees(/^:alice!.* JOIN #lobby$/);
  await using carol = await starts(room, state, "--nick", "carol");
  await bob.sees(/^:carol!.* JOIN #lobby$/);
  assertEquals(Object.keys(kept(state)).sort(), ["alice", "carol"]);
  await using again = await starts(room, state, "--nick", "alice");
  await again.shows("as alice");
  await bob.send("PRIVMSG alice :to both of you");
  for (const terminal of [alice, again]) await terminal.shows("to both of you");
  await again.types("said by the second\r");
  await bob.sees(/^:alice!.* PRIVMSG #lobby :said by the second$/);
  await alice.shows("said by the second");
  await leaves(again);
  // Nobody has left.
  await alice.types("still here\r");
  await bob.sees(/^:alice!.* PRIVMSG #lobby :still here$/);
  await carol.shows("still here");
});

atTerminal("--no-device comes as somebody new and keeps nothing", async (room, state) => {
  const terminal = await starts(room, state, "--nick", "alice", "--no-device");
  await leaves(terminal);
  assertEquals([...Deno.readDirSync(state)], []);
});

atTerminal(
  "a secret that the server does not know is forgotten, and the client comes in with a new one",
  async (room, state) => {
    await leaves(await starts(room, state, "--nick", "alice"));
    const before = kept(state).alice;
    const folder = `${state}/teahouse/devices`;
    const [{ name }] = Deno.readDirSync(folder);
    const text = Deno.readTextFileSync(`${folder}/${name}`);
    Deno.writeTextFileSync(`${folder}/${name}`, text.replace(before, "x".repeat(before.length)));
    const terminal = await starts(room, state, "--nick", "alice");
    await terminal.shows("does not know you from before any more");
    await leaves(terminal);
    assert(![before, "x".repeat(before.length)].includes(kept(state).alice));
  },
);

atTerminal("an account stays logged in over a restart; /devices lists, adds and ends; /logout", async (room, state) => {
  const first = await starts(room, state, "--nick", "alice");
  await first.types("/register\r");
  await first.shows("A password for the account alice:");
  await first.types("tea leaves\r");
  await first.shows("The same once more:");
  await first.types("tea leaves\r");
  // On this machine nobody else could read it, so nothing is asked.
  await first.shows("you are logged in");
  await leaves(first);
  const second = await starts(room, state);
  await second.shows("You are logged in as alice.");
  await second.types("/devices add WeeChat\r");
  await second.shows("To make a password for a program");
  await second.types("tea leaves\r");
  await second.shows("irc.server.tea.sasl_username alice");
  await second.types("/devices\r");
  await second.shows("app password", "now, from 127.0.0.1");
  await second.types("/devices end weechat\r");
  await second.shows("WeeChat is logged out.");
  await second.types("/logout\r");
  await second.shows("You are logged out of alice here.");
  const shown = await leaves(second);
  assertMatch(shown, /shown this once:\s+\|? ?[a-z\d]{4}-[a-z\d-]{16,}/);
  // A row that the terminal draws wider than it was counted does not go on in the next one.
  // deno-lint-ignore no-control-regex
  assertMatch(shown, /\x1b\[\?7l[^\n]+shown this once: \s+\| [^\n]+\x1b\[\?7h\r+\n/);
  const third = await starts(room, state);
  const last = await leaves(third);
  assert(!last.includes("logged in as alice"), last);
});

atTerminal("a secret that cannot be kept costs a warning", async (room, state) => {
  Deno.writeTextFileSync(`${state}/teahouse`, "no folder");
  const terminal = await starts(room, state, "--nick", "alice");
  const shown = await leaves(terminal);
  assertMatch(shown, /You will not be known the next time: /);
});
