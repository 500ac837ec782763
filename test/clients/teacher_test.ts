/**
 * A teacher with a class in terminals, and in WeeChat by an app password: whose the room is, who may do what, and who has to be
 * quiet is the same after leaving, after coming back, and after a restart of the server, in whatever order people come back.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { openFolder, openRoom, type Person, type Room, until, untilEqual } from "../room.ts";
import { OURS, type Program, type Terminal, Terminals, testWith, WEECHAT } from "./programs.ts";

/** The terminal client of somebody whom the room knows again: each nick has a folder for what their client keeps. */
function client(...flags: string[]): Program {
  return {
    ...OURS,
    start(home, port, nick) {
      const server = ["--nick", nick, "--server", `127.0.0.1:${port}`];
      return ["env", `XDG_STATE_HOME=${home}`, Deno.execPath(), "run", "-A", "client.ts", ...server, ...flags];
    },
  };
}

/** Starts somebody's terminal client, and waits until they are in a channel. */
async function comes(terminals: Terminals, room: Room, nick: string, channel = "#lobby"): Promise<Terminal> {
  const terminal = await terminals.start(client("--channel", channel), room, nick, undefined, nick);
  await terminal.shows(` --> ${channel}>`);
  return terminal;
}

/** Goes into another channel. */
async function joins(terminal: Terminal, channel: string): Promise<void> {
  await terminal.types(`/join ${channel}`);
  await terminal.shows(` --> ${channel}>`);
}

/** Empties the prompt, and writes a command. */
async function commands(terminal: Terminal, line: string): Promise<void> {
  await terminal.types(`\x15${line}`);
}

async function leaves(terminal: Terminal): Promise<void> {
  await commands(terminal, "/quit");
  await terminal.ended();
}

/** Waits until these are in a channel, each with `@` before the nick who is an operator there. */
async function ranks(witness: Person, channel: string, ...nicks: string[]): Promise<void> {
  await untilEqual(`the people in ${channel}`, nicks.toSorted(), async () => {
    await witness.send(`NAMES ${channel}`);
    const names = (await witness.everything()).filter((line) => / 353 /.test(line));
    return names.flatMap((line) => line.slice(line.indexOf(" :") + 2).trim().split(" ")).toSorted();
  });
}

/**
 * Writes a line that is refused: the person is told so once more in these words, and the line is behind arrow-up.
 *
 * @returns What they are told, with its time.
 */
async function cannotSay(terminal: Terminal, text: string, why: RegExp): Promise<string> {
  let rows: string[] = [];
  const refusals = async () => (rows = await terminal.rows()).filter((row) => why.test(row));
  const before = (await refusals()).length;
  await terminal.types(text);
  await until("a refusal", async () => (await refusals()).length === before + 1 || undefined, () => rows.join("\n"));
  await terminal.shows(`Arrow-up brings back: ${text}`);
  // The prompt is empty: the next command would otherwise be said behind the line.
  await until("an empty prompt", async () => (await terminal.rows()).at(-1)!.trimEnd().endsWith(">") || undefined);
  return why.exec((await refusals()).at(-1)!)![0];
}

/** Waits until the screen shows such a row. */
async function reads(terminal: Terminal, row: RegExp): Promise<void> {
  await until(`${row}`, async () => (await terminal.rows()).some((shown) => row.test(shown)) || undefined);
}

const MUTED = /You cannot talk in #class until [\d: -]+: MsChen muted you: too loud/;
const BANNED = /You cannot come into #class until [\d: -]+: MsChen has banned you: spam/;

testWith(
  ["tmux"],
  "terminals: a teacher's mutes and bans hold, and rights are the same after a restart",
  async () => {
    await using folder = await openFolder();
    const flags = ["--flood-limit", "0", "--db", `${folder.path}/tea.db`];
    await using terminals = new Terminals();
    let port = 0, told = "";
    {
      await using room = await openRoom(flags, { isReopened: true });
      port = room.port;
      const secret = /--owner ([\da-f]{40})$/.exec(await room.logs(/--owner [\da-f]{40}$/))![1];
      // A student is there before the teacher, and operator of #lobby as long as nobody owns the room.
      const ann = await comes(terminals, room, "ann");
      const teacher = await terminals.start(client("--owner", secret), room, "MsChen", undefined, "MsChen");
      await teacher.shows("You own this room now: you are operator in all its channels");
      await joins(teacher, "#class");
      const [ben, cat] = await Promise.all(["ben", "cat"].map((nick) => comes(terminals, room, nick)));
      await Promise.all([ann, ben, cat].map((student) => joins(student, "#class")));
      const witness = await room.person("witness", { join: "#lobby,#class" });
      await ranks(witness, "#lobby", "@MsChen", "ann", "ben", "cat", "witness");
      await ranks(witness, "#class", "@MsChen", "ann", "ben", "cat", "witness");

      // ben is muted, and may call himself what he likes.
      await teacher.types("/mute ben 10m too loud");
      await ben.shows("MsChen muted you in #class until ", ": too loud");
      await witness.sees(/ MODE #class \+b/);
      told = await cannotSay(ben, "can you hear me?", MUTED);
      await commands(ben, "/nick other");
      await ben.shows("You cannot take another nick while you are banned or muted in #class.");
      assertEquals(await cannotSay(ben, "as another?", MUTED), told);
      await commands(ben, "/part");
      await ranks(witness, "#class", "@MsChen", "ann", "cat", "witness");
      await ben.types("/nick other");
      await witness.sees(/^:ben!\S+ NICK other$/);
      await joins(ben, "#class");
      assertEquals(await cannotSay(ben, "back again", MUTED), told);
      await commands(ben, "/quit");
      await ben.ended();
      const again = await comes(terminals, room, "ben", "#class");
      assertEquals(await cannotSay(again, "in another window", MUTED), told);

      // cat is banned, and does not come in with another window.
      await teacher.types("/ban cat 1h spam");
      await cat.shows("MsChen banned you from #class until ", ": spam");
      await ranks(witness, "#class", "@MsChen", "ann", "ben", "witness");
      await leaves(cat);
      const window = await comes(terminals, room, "cat");
      await window.types("/join #class");
      await reads(window, BANNED);
      await ranks(witness, "#class", "@MsChen", "ann", "ben", "witness");
      await ranks(witness, "#lobby", "@MsChen", "ann", "cat", "ben", "witness");
      for (const terminal of [teacher, ann, again, window]) await leaves(terminal);
    }

    // The room was closed for the night. In the morning the students come first.
    await using room = await openRoom(flags, { port });
    const witness = await room.person("witness", { join: "#lobby,#class" });
    const ann = await comes(terminals, room, "ann");
    await ranks(witness, "#lobby", "ann", "witness");
    await ranks(witness, "#class", "ann", "witness");
    const ben = await comes(terminals, room, "ben", "#class");
    assertEquals(await cannotSay(ben, "a new day", MUTED), told);
    const cat = await comes(terminals, room, "cat");
    await cat.types("/join #class");
    await reads(cat, BANNED);
    const teacher = await comes(terminals, room, "MsChen");
    await ranks(witness, "#lobby", "@MsChen", "ann", "cat", "ben", "witness");
    await ranks(witness, "#class", "@MsChen", "ann", "ben", "witness");

    // The teacher owns the room, and can still rule it.
    await teacher.types("/owner");
    await teacher.shows("MsChen owns the room since ");
    await joins(teacher, "#class");
    await teacher.types("/unmute ben");
    await ben.shows("MsChen lets you talk in #class again.");
    // Arrow-up brings the line back.
    await ben.types("\x1b[A");
    await witness.sees(/^:ben!\S+ PRIVMSG #class :a new day$/);
    await ann.types("/to #class");
    await ann.shows("a new day");
  },
);

/** WeeChat at one person's terminal, which logs in by SASL PLAIN. */
const BY_APP_PASSWORD: Program = {
  ...WEECHAT,
  async start(home, port, nick, password) {
    const command = await WEECHAT.start(home, port, nick, password);
    return command.map((word) => word.replace(/(sasl_mechanism) .*/, "$1 plain"));
  },
};

testWith(
  ["tmux", "weechat"],
  "WeeChat by an app password is the teacher, before and after a restart",
  async () => {
    await using folder = await openFolder();
    const flags = ["--flood-limit", "0", "--db", `${folder.path}/tea.db`];
    await using terminals = new Terminals();
    let port = 0, told = "", appPassword = "";
    {
      await using room = await openRoom(flags, { isReopened: true });
      port = room.port;
      const secret = /--owner ([\da-f]{40})$/.exec(await room.logs(/--owner [\da-f]{40}$/))![1];
      const teacher = await terminals.start(client("--owner", secret), room, "MsChen", undefined, "MsChen");
      await teacher.shows("You own this room now: you are operator in all its channels");
      await joins(teacher, "#class");
      // What the device owns and has founded becomes the account's.
      await teacher.types("/register");
      await teacher.shows("A password for the account MsChen:");
      await teacher.types("tea leaves");
      await teacher.shows("The same once more:");
      await teacher.types("tea leaves");
      await teacher.shows("The account MsChen is yours, and you are logged in.");
      await teacher.types("/devices add WeeChat");
      await teacher.shows("To make a password for a program, the password of MsChen:");
      await teacher.types("tea leaves");
      const shown = /The password for WeeChat, which is shown this once: (\S+)/;
      await reads(teacher, shown);
      appPassword = shown.exec((await teacher.rows()).join("\n"))![1];

      const weechat = await terminals.start(BY_APP_PASSWORD, room, "MsChen", appPassword);
      await weechat.shows("[@MsChen");
      const witness = await room.person("witness", { join: "#lobby,#class" });
      const ben = await comes(terminals, room, "ben");
      await joins(ben, "#class");
      for (const channel of ["#lobby", "#class"]) await ranks(witness, channel, "@MsChen", "ben", "witness");
      // One person, of whom one window goes, and then the other comes alone.
      await leaves(teacher);
      for (const channel of ["#lobby", "#class"]) {
        await ranks(witness, channel, "@MsChen", "ben", "witness");
        await weechat.types(`/buffer ${channel}`);
        await weechat.shows("[@MsChen");
      }
      await weechat.types("/quote MUTE #class ben 10m :too loud");
      await ben.shows("MsChen muted you in #class until ", ": too loud");
      told = await cannotSay(ben, "can you hear me?", MUTED);
      await leaves(ben);
      await weechat.types("/quit");
      await weechat.ended();
    }

    await using room = await openRoom(flags, { port });
    const ben = await comes(terminals, room, "ben");
    const witness = await room.person("witness", { join: "#lobby,#class" });
    await joins(ben, "#class");
    for (const channel of ["#lobby", "#class"]) await ranks(witness, channel, "ben", "witness");
    assertEquals(await cannotSay(ben, "a new day", MUTED), told);
    const weechat = await terminals.start(BY_APP_PASSWORD, room, "MsChen", appPassword);
    await weechat.shows("[@MsChen");
    // Nobody has typed /join: the room knows where the teacher was.
    for (const channel of ["#lobby", "#class"]) {
      await ranks(witness, channel, "@MsChen", "ben", "witness");
      await weechat.types(`/buffer ${channel}`);
      await weechat.shows("[@MsChen");
    }
    await weechat.types("/kick witness that works");
    await witness.sees(/^:MsChen!\S+ KICK #class witness :that works$/);
  },
);
