/**
 * The IRC clients that people use, and ours, as programs in one room: irssi, WeeChat and client.ts at terminals that
 * tmux draws, ii through its files. What they send is seen by a person; what they show is read off their screens.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { byteLength } from "../../protocol.ts";
import { readPage } from "./docs.ts";
import { SecureRoom } from "../tls.ts";
import { openFolder, openRoom, type Person, type Room, run, until } from "../room.ts";
import { IRSSI, OURS, type Program, type Terminal, Terminals, testWith, WEECHAT } from "./programs.ts";

/** A line that somebody at this machine sends, whatever their user name is. */
function from(nick: string, line: string): RegExp {
  return new RegExp(`^:${RegExp.escape(nick)}!\\S+@127\\.0\\.0\\.1 ${RegExp.escape(line)}$`);
}

/** Starts a program and brings it into #lobby. */
async function comesIn(terminals: Terminals, program: Program, room: Room, nick: string): Promise<Terminal> {
  const terminal = await terminals.start(program, room, nick);
  if (program.join !== undefined) {
    await room.logs(`${nick} has come in`);
    await terminal.types(program.join);
  }
  return terminal;
}

/** The blocks of docs/irc.md for a program, by the word behind its name. */
async function commandsIn(language: string, word: string): Promise<string[]> {
  const { blocks } = await readPage("docs/irc.md");
  const block = blocks.find((block) => block.language === language && block.words[0] === word)!;
  return block.text.trim().split("\n");
}

for (const program of [IRSSI, WEECHAT]) {
  testWith(
    ["tmux", program.needs],
    `${program.name} connects, over TLS and to an account as well, by the commands that docs/irc.md names`,
    async () => {
      await using secure = await SecureRoom.open();
      const { room } = secure;
      await using terminals = new Terminals();
      const start = (home: string) =>
        program === IRSSI
          ? ["irssi", "--home", home, "-n", "zhang"]
          // Lines that are typed fast are no paste to ask about.
          : [
            ...["weechat", "-d", home, "-P", "irc"],
            ...["-r", "/set irc.server_default.nicks zhang", "-r", "/set weechat.look.paste_max_lines -1"],
          ];
      const isOld = program === WEECHAT && /^[1-3]\./.test((await run("weechat", ["--version"])).stdout);
      const types = async (commands: string[], password = "") => {
        const terminal = await terminals.start({ ...program, start }, room, "zhang");
        // Its own name, when it is ready.
        await terminal.shows(program.name.slice(1));
        if (program === IRSSI) await terminal.types("/set resolve_prefer_ipv6 OFF");
        for (const command of commands) {
          const known = isOld ? command.replace(/ -tls$/, " -ssl") : command;
          await terminal.types(
            known.replace("teahouse-authority.crt", `${secure.folder}/tea.db-tls/ca.pem`).replace("HOST", "localhost")
              .replace("8888", `${room.port}`).replace("6697", `${secure.chatPort}`).replace("PASSWORD", password),
          );
        }
        return terminal;
      };
      const alice = await room.person("alice");
      const plain = await types(await commandsIn(program.needs, "plain"));
      await room.logs("zhang has come in");
      await alice.send("WHOIS zhang");
      await alice.sees(/ 318 /);
      assertEquals(alice.seen.some((line) => / 671 alice zhang /.test(line)), false, "plain is without TLS");
      await plain.types("/quit");
      await room.logs(/zhang .*(left|gone)/);
      const tls = await commandsIn(program.needs, "tls");
      const overTls = await types(tls);
      let screen = "";
      await until("zhang over TLS", async () => {
        screen = (await overTls.rows()).join("\n");
        await alice.send("WHOIS zhang");
        return (await alice.everything()).some((line) => / 671 alice zhang /.test(line)) || undefined;
      }, () => `The screen:\n${screen}`);
      await overTls.types("/quit");
      await until("zhang to be gone", async () => {
        await alice.send("ISON zhang");
        return (await alice.everything()).some((line) => / 303 alice :?$/.test(line)) || undefined;
      });

      // By an app password of bob's, who is elsewhere.
      const bob = await room.person("bob");
      await bob.send("REGISTER * * oolong-for-bob", "DEVICES ADD :irc");
      const [, password] = / DEVICES SECRET \S+ (\S+) /.exec(await bob.sees(/ DEVICES SECRET /))!;
      await bob.send("QUIT");
      await bob.rest();
      // The network is there before its login is, and then it is connected to.
      const connect = tls.filter((command) => command.startsWith("/connect"));
      const others = tls.filter((command) => !command.startsWith("/connect"));
      const loggedIn = await types([...others, ...await commandsIn(program.needs, "sasl"), ...connect], password);
      await until("bob's account over TLS", async () => {
        screen = (await loggedIn.rows()).join("\n");
        await alice.send("WHOIS zhang", "WHOIS bob");
        const lines = await alice.everything();
        return lines.some((line) => / 330 alice \S+ bob /.test(line)) && lines.some((line) => / 671 /.test(line)) ||
          undefined;
      }, () => `The screen:\n${screen}`);
    },
  );
}

for (const program of [IRSSI, WEECHAT, OURS]) {
  testWith(["tmux", program.needs], `${program.name} joins, talks, looks around and is thrown out`, async () => {
    await using room = await openRoom(["--flood-limit", "0"]);
    await using terminals = new Terminals();
    const alice = await room.person("alice", { join: "#lobby" });
    const bob = await room.person("bob", { join: "#lobby" });
    await alice.send("TOPIC #lobby :茶 🍵 is ready");

    const zhang = await comesIn(terminals, program, room, "张三");
    await alice.sees(from("张三", "JOIN #lobby"));
    await zhang.shows(...program.topic("茶 🍵 is ready"));

    // To all, both ways; what one says stands on the own screen, too.
    await zhang.types("你好，茶馆 😄");
    await alice.sees(from("张三", "PRIVMSG #lobby :你好，茶馆 😄"));
    await zhang.shows(program.said("张三"), "你好，茶馆 😄");
    await alice.send("PRIVMSG #lobby :欢迎 😄 张三");
    await zhang.shows(program.said("alice"), "欢迎 😄 张三");

    await zhang.types("/me 挥手");
    await alice.sees(from("张三", "PRIVMSG #lobby :\x01ACTION 挥手\x01"));
    await alice.send("PRIVMSG #lobby :\x01ACTION waves back\x01");
    await zhang.shows(...program.action("alice", "waves back"));

    // Who is there.
    await zhang.types(program === OURS ? "/who" : "/names");
    await zhang.shows(...program.names("alice", "bob", "张三"));
    if (program.status !== undefined) await zhang.types(program.status);
    await zhang.types("/whois bob");
    await zhang.shows(...program.whois("bob", "bob"));

    // To one.
    await zhang.types(program.turn[0]("alice"));
    await zhang.types("悄悄话 🤫");
    await alice.sees(from("张三", "PRIVMSG alice :悄悄话 🤫"));
    await alice.send("PRIVMSG 张三 :听到了 😄");
    await zhang.shows("听到了 😄");

    // Away, both ways.
    await alice.send("AWAY :泡茶去了");
    await alice.sees(/ 306 alice /);
    await zhang.types("在吗?");
    await zhang.shows(...program.away("alice", "泡茶去了"));
    await alice.send("AWAY");
    await zhang.types(program.turn[1]);
    await zhang.types("/away 去买茶叶");
    await until("张三 to be away", async () => {
      await alice.send("WHOIS 张三");
      return (await alice.everything()).some((line) => / 301 alice 张三 :?去买茶叶$/.test(line)) || undefined;
    });
    await zhang.types("/away");

    // Another topic, another name.
    await alice.send("TOPIC #lobby :乌龙茶");
    await zhang.shows("alice", "topic", "乌龙茶");
    await zhang.types("/nick 李四");
    await alice.sees(from("张三", "NICK 李四"));
    await alice.send("NICK 爱丽丝");
    await zhang.shows("alice", "爱丽丝");

    // Throws out, is thrown out, comes back, leaves.
    await alice.send("MODE #lobby +o 李四");
    await alice.everything();
    await zhang.types("/kick bob 太吵了");
    await bob.sees(from("李四", "KICK #lobby bob :太吵了"));
    await alice.send("KICK #lobby 李四 :茶馆要关门了");
    await zhang.shows(...program.kicked("爱丽丝", "茶馆要关门了"));
    await zhang.types("/join #lobby");
    await alice.sees(from("李四", "JOIN #lobby"));
    // Who closes before it has read all that it asked for resets the connection, and what it said last is lost.
    for (const text of ["下次见", "慢走"]) {
      await alice.send(`PRIVMSG #lobby :${text}`);
      await zhang.shows(text);
    }
    await zhang.types("/quit 再见");
    await alice.sees(from("李四", "QUIT :Quit: 再见"));
  });
}

testWith(
  ["tmux", IRSSI.needs],
  "irssi shows one line as a call begins and one as it ends, and where one can join",
  async () => {
    await using room = await openRoom();
    await using terminals = new Terminals();
    const alice = await room.person("alice", { caps: "teahouse.chat/call message-tags", join: "#lobby" });
    const zhang = await comesIn(terminals, IRSSI, room, "zhang");
    await alice.sees(from("zhang", "JOIN #lobby"));
    await alice.send("CALL JOIN #lobby :audio");
    await zhang.shows("alice has begun a call: https://127.0.0.1:", "/#lobby");
    for (let i = 0; i < 2; i++) await alice.send(`CALL STATE #lobby :audio${i === 0 ? ",muted" : ""}`);
    await alice.send("CALL PART #lobby", "PRIVMSG #lobby :that was all");
    await zhang.shows("The call has ended");
    await zhang.shows("that was all");
    // Nothing else of the call is told there.
    const rows = (await zhang.rows()).filter((row) => /call|CALL/i.test(row));
    assertEquals(rows.map((row) => /begun|ended/.exec(row)?.[0]), ["begun", "ended"]);
  },
);

for (const program of [IRSSI, WEECHAT, OURS]) {
  testWith(["tmux", program.needs], `${program.name} shows what was said before the server was restarted`, async () => {
    await using folder = await openFolder();
    const flags = ["--db", `${folder.path}/tea.db`];
    {
      await using room = await openRoom(flags);
      const alice = await room.person("alice", { join: "#lobby" });
      await alice.send("TOPIC #lobby :茶 🍵 is ready", "PRIVMSG #lobby :昨天的话 from before");
      await alice.everything();
    }
    await using room = await openRoom(flags);
    await using terminals = new Terminals();
    const bob = await comesIn(terminals, program, room, "bob");
    await bob.shows(...program.topic("茶 🍵 is ready"));
    await bob.shows(program.said("alice"), "昨天的话 from before");
  });
}

testWith(["tmux", "weechat"], "WeeChat mutes, throws out, keeps out and lets in again", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await using terminals = new Terminals();
  const li = await comesIn(terminals, WEECHAT, room, "李四");
  await li.shows("[@李四]");
  const bob = await room.person("bob", { join: "#lobby" });
  const carol = await room.person("carol", { join: "#lobby" });

  await li.types("/mode +b ~t:10:~m:bob");
  await carol.sees(from("李四", "MODE #lobby +b ~t:10:~m:bob!*@*"));
  await bob.send("PRIVMSG #lobby :am I heard?");
  await bob.sees(/ 404 bob #lobby /);
  await li.types("/unban ~t:10:~m:bob!*@*");
  await carol.sees(from("李四", "MODE #lobby -b ~t:10:~m:bob!*@*"));
  await li.types("/kick bob 太吵了");
  await bob.sees(from("李四", "KICK #lobby bob :太吵了"));
  await li.shows("李四", "has kicked bob (太吵了)");
  await bob.send("JOIN #lobby");
  await carol.sees(from("bob", "JOIN #lobby"));

  await li.types("/kickban bob 不许再来");
  await carol.sees(from("李四", "MODE #lobby +b *!bob@127.0.0.1"));
  await carol.sees(from("李四", "KICK #lobby bob :不许再来"));
  await bob.send("JOIN #lobby");
  await bob.sees(/ 474 bob #lobby /);
  await li.types("/ban");
  await li.shows("[#lobby]", "*!bob@127.0.0.1 banned by 李四");
  await li.types("/unban *!bob@127.0.0.1");
  await carol.sees(from("李四", "MODE #lobby -b *!bob@127.0.0.1"));
  await bob.send("JOIN #lobby");
  await carol.sees(from("bob", "JOIN #lobby"));
});

for (const program of [IRSSI, WEECHAT]) {
  testWith(["tmux", program.needs], `${program.name} logs in to an account`, async () => {
    await using room = await openRoom(["--flood-limit", "0"]);
    await using terminals = new Terminals();
    const owner = await room.person("张三");
    await owner.send("REGISTER * * :茶叶很香");
    await owner.sees(/ REGISTER SUCCESS 张三 /);
    await owner.send("QUIT");
    await owner.rest();
    const alice = await room.person("alice", { join: "#lobby" });
    const zhang = await terminals.start(program, room, "张三", "茶叶很香");
    const entered = () => room.log.filter((line) => line.includes("张三 has come in")).length;
    await until("张三 to come in again", () => entered() === 2 || undefined);
    await zhang.types("/join #lobby");
    await alice.sees(from("张三", "JOIN #lobby"));
    await alice.send("WHOIS 张三");
    await alice.sees(/ 330 alice 张三 张三 /);
  });
}

/** ii: a folder for each conversation, with a pipe to write into and a file to read. */
class Ii implements AsyncDisposable {
  readonly #home = Deno.makeTempDirSync({ prefix: "teahouse-test-" });
  readonly #process: Deno.ChildProcess;

  constructor(room: Room, nick: string) {
    this.#process = new Deno.Command("ii", {
      args: ["-s", "127.0.0.1", "-p", `${room.port}`, "-n", nick, "-f", nick, "-i", this.#home],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** The folder of a conversation; in its name ii writes `_` for each byte that is not ASCII. */
  #folder(where: string): string {
    return `${this.#home}/127.0.0.1/${where.replace(/[^\0-\x7f]/gu, (char) => "_".repeat(byteLength(char)))}`;
  }

  /** Writes a line in a conversation: a nick, a channel, or "" for the server's. */
  async writes(where: string, line: string): Promise<void> {
    const pipe = await until(`ii's pipe of ${where}`, async () => {
      const path = `${this.#folder(where)}/in`;
      return await Deno.stat(path).then(() => path, () => undefined);
    });
    await Deno.writeTextFile(pipe, line + "\n");
  }

  /** Waits until a conversation holds a line that ends so; the time stands before it. */
  async shows(where: string, line: string): Promise<void> {
    let text = "";
    await until(`${line} in ii`, async () => {
      text = await Deno.readTextFile(`${this.#folder(where)}/out`).catch(() => "");
      return text.split("\n").some((row) => row.endsWith(line)) || undefined;
    }, () => `It holds:\n${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill();
    } catch {
      // It has ended.
    }
    await this.#process.status;
    await Deno.remove(this.#home, { recursive: true });
  }
}

testWith(["ii"], "ii joins, talks, looks around and is thrown out", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  const alice = await room.person("alice", { join: "#lobby" });
  await using wang = new Ii(room, "王五");
  await wang.writes("", "/j #lobby");
  await alice.sees(from("王五", "JOIN #lobby"));

  await wang.writes("#lobby", "你好，茶馆 😄");
  await alice.sees(from("王五", "PRIVMSG #lobby :你好，茶馆 😄"));
  await alice.send("PRIVMSG #lobby :欢迎 😄");
  await wang.shows("#lobby", "<alice> 欢迎 😄");

  await wang.writes("", "/j alice 悄悄话");
  await alice.sees(from("王五", "PRIVMSG alice :悄悄话"));
  await alice.send("PRIVMSG 王五 :听到了 😄");
  await wang.shows("alice", "<alice> 听到了 😄");

  await wang.writes("", "/NAMES #lobby");
  await wang.shows("", "@alice 王五");
  await wang.writes("", "/WHOIS alice");
  await wang.shows("", "alice alice 127.0.0.1 * alice");
  await wang.writes("#lobby", "/a 去买茶叶");
  await until("王五 to be away", async () => {
    await alice.send("PRIVMSG 王五 :在吗?");
    return (await alice.everything()).some((line) => / 301 alice 王五 :?去买茶叶$/.test(line)) || undefined;
  });

  await alice.send("TOPIC #lobby :乌龙茶");
  await wang.shows("#lobby", 'alice changed topic to "乌龙茶"');
  await wang.writes("", "/n 赵六");
  await alice.sees(from("王五", "NICK 赵六"));
  await alice.send("KICK #lobby 赵六 :茶馆要关门了");
  await wang.shows("#lobby", 'alice kicked 赵六  ("茶馆要关门了")');
  await wang.writes("", "/QUIT :再见");
  await room.logs("赵六 has left (Quit: 再见)");
});

testWith(["tmux", "irssi", "weechat", "ii"], "irssi, WeeChat, ii and client.ts talk with each other", async () => {
  await using room = await openRoom(["--flood-limit", "0"]);
  await using terminals = new Terminals();
  const door = await room.person("door", { join: "#lobby" });
  const [zhang, li, zhao] = await Promise.all([
    comesIn(terminals, IRSSI, room, "张三"),
    comesIn(terminals, WEECHAT, room, "李四"),
    comesIn(terminals, OURS, room, "赵六"),
  ]);
  await using wang = new Ii(room, "王五");
  await wang.writes("", "/j #lobby");
  await everybodyIn(door, ["张三", "李四", "王五", "赵六"]);

  const terminalOf = { 张三: zhang, 李四: li, 赵六: zhao };
  for (const nick of ["张三", "李四", "王五", "赵六"] as const) {
    const text = `你好 😄 from ${nick}`;
    if (nick === "王五") await wang.writes("#lobby", text);
    else await terminalOf[nick].types(text);
    for (const [, terminal] of Object.entries(terminalOf)) {
      await terminal.shows(terminal.program.said(nick), text);
    }
    // ii writes its own lines, too.
    await wang.shows("#lobby", `<${nick}> ${text}`);
  }

  // In a ring, each to the next.
  for (const [nick, next] of [["张三", "李四"], ["李四", "赵六"], ["赵六", "王五"]] as const) {
    const text = `悄悄话 from ${nick}`;
    await terminalOf[nick].types(terminalOf[nick].program.turn[0](next));
    await terminalOf[nick].types(text);
    if (next === "王五") await wang.shows(nick, `<${nick}> ${text}`);
    else {
      // A conversation of its own, which irssi and WeeChat open in the background.
      if (next === "李四") await li.types(WEECHAT.turn[0](nick));
      await terminalOf[next].shows(nick, text);
    }
  }
  await wang.writes("", "/j 张三 悄悄话 from 王五");
  await zhang.types(IRSSI.turn[0]("王五"));
  await zhang.shows("王五", "悄悄话 from 王五");
});

/** Waits until all these have joined, in whatever order they come. */
async function everybodyIn(witness: Person, nicks: string[]): Promise<void> {
  for (const missing = new Set(nicks); missing.size > 0;) {
    const line = await witness.sees(/ JOIN #lobby$/);
    missing.delete(/^:([^!]+)!/.exec(line)![1]);
  }
}

Deno.test("client.ts on a pipe says its lines in the room and shows what it was told", async () => {
  await using room = await openRoom();
  const alice = await room.person("alice", { join: "#lobby" });
  const client = ["run", "-A", "client.ts", "--no-device", "--nick", "机器人", "--server", room.address];
  const { code, stdout, stderr } = await run(Deno.execPath(), client, "你好，茶馆 :smile:\n/to alice\n悄悄话\n");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /#lobby: 2 online: @alice, 机器人$/m);
  await alice.sees(from("机器人", "JOIN #lobby"));
  assertMatch(await alice.next() ?? "", from("机器人", "PRIVMSG #lobby :你好，茶馆 😄"));
  assertMatch(await alice.next() ?? "", from("机器人", "PRIVMSG alice :悄悄话"));
  assertMatch(await alice.next() ?? "", /^:机器人!\S+ QUIT /);
});
