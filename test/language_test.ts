/** The terminal client in Chinese: the program, at a terminal and on a pipe, in front of a whole server. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort, openRoom, run } from "./room.ts";
import { CLIENT, hasScript, Terminal } from "./terminal.ts";

const CHINESE = { LC_ALL: "", LC_MESSAGES: "", LANG: "zh_CN.UTF-8" };

/** Runs the client to its end, on a pipe. */
function runClient(env: Record<string, string>, input: string, ...args: string[]) {
  return run(Deno.execPath(), [...CLIENT, ...args], input, { env });
}

Deno.test("LANG=zh_CN.UTF-8 has the client speak Chinese, --lang en wins over it, and LC_ALL=C as well", async () => {
  const { code, stdout } = await runClient(CHINESE, "", "--help");
  assertEquals([code, stdout.split("\n")[0]], [0, "在终端中进入聊天室。"]);
  assertMatch(stdout, /^ {2}--server 主机\[:端口\] +服务器；/m);
  const english = await Promise.all([
    runClient(CHINESE, "", "--help", "--lang", "en"),
    runClient({ ...CHINESE, LC_ALL: "C" }, "", "--help"),
  ]);
  for (const { stdout } of english) assertEquals(stdout.split("\n")[0], "Joins a chat room from a terminal.");
  const { stdout: chosen } = await runClient({}, "", "--lang", "zh", "--help");
  assertEquals(chosen, stdout);
});

Deno.test("an unknown --lang ends the client with a message, in the language that the environment chooses", async () => {
  const { code, stdout, stderr } = await runClient({}, "", "--lang", "fr", "--nick", "bob");
  assertEquals([code, stdout, stderr], [2, "", '--lang must be zh or en, not "fr"\n']);
  const chinese = await runClient(CHINESE, "", "--lang", "fr", "--nick", "bob");
  assertEquals([chinese.code, chinese.stderr], [2, "--lang 只能是 zh（中文）或 en（英文），不能是“fr”\n"]);
});

Deno.test("what keeps somebody out is said in Chinese", async () => {
  const server = `127.0.0.1:${freePort()}`;
  const away = await runClient(CHINESE, "", "--nick", "bob", "--server", server);
  assertEquals([away.code, away.stderr], [
    1,
    `无法连接 ${server}：连接被拒绝。\n--server 主机:端口 可指定另一个服务器。\n`,
  ]);
  await using room = await openRoom(["--password", "oolong"], { page: false });
  const refused = await runClient(CHINESE, "", "--nick", "bob", "--server", room.address);
  assertEquals([refused.code, refused.stderr], [1, `无法进入 ${room.address}：密码不正确或没有输入。\n`]);
});

Deno.test("a program that pipes lines in hears what happens in Chinese", async () => {
  await using room = await openRoom([], { page: false });
  const lines = "你好\n/to nobody\n/topic 茶\n/me 倒茶\n/who\n/teapot\n";
  const { code, stdout, stderr } = await runClient(CHINESE, lines, "--nick", "茶壶", "--server", room.address);
  const shown = stdout.replaceAll(/^\[\d\d:\d\d\] /gm, "");
  for (
    const line of [
      `已连接到 ${room.address}，您是 茶壶`,
      "<茶壶> 你好",
      "茶壶 设置了主题：茶",
      "* 茶壶 倒茶",
      "#lobby：1 人在线：@茶壶",
    ]
  ) assertStringIncludes(shown, `${line}\n`);
  assertStringIncludes(stdout + stderr, "nobody 不在线。");
  assertEquals(code, 1, "one line was refused");
});

Deno.test({
  name: "a person at a terminal is asked, helped and told in Chinese" +
    (hasScript ? "" : " (skipped: script is not installed)"),
  ignore: !hasScript,
  fn: async () => {
    await using room = await openRoom([], { page: false });
    await using bob = new Terminal({ env: CHINESE }, "--server", room.address);
    await bob.shows("您的昵称 [");
    await bob.types("2 bob\r");
    await bob.shows("“2 bob”不能用作昵称：");
    await bob.shows("（不能以 2 开头；可以用 _bob）");
    await bob.types("陈老师\r");
    await bob.shows(`正在以 陈老师 连接 ${room.address}……`);
    await bob.shows("#lobby：1 人在线：@陈老师");
    await bob.shows("陈老师 --> #lobby> ");
    await bob.types("/help kick\r");
    await bob.shows("/kick <昵称> [原因]  将某人踢出频道");
    await bob.types("/register\r");
    await bob.shows("为账号 陈老师 设置密码：");
    await bob.types("铁观音铁观音\r");
    await bob.shows("再输入一次：");
    await bob.types("普洱普洱普洱\r");
    await bob.shows("两次输入的密码不同。为账号 陈老师 设置密码：");
    await bob.types("\x03");
    await bob.shows("两次输入的密码不同，没有注册账号。");
    // Several lines at once: it asks, and an answer in Chinese agrees.
    await bob.types("\x1b[200~一\n二\n三\n四\n五\n六\n\x1b[201~");
    await bob.shows("向 #lobby 发送这 6 行吗？（yes 或 no，直接按回车为 no）");
    await bob.types("是\r");
    await bob.shows("<陈老师> 一");
    await bob.types("半句\x03");
    await bob.shows("再按一次 Ctrl-C 离开。");
    await bob.types("/quit\r");
    const screen = await bob.ended();
    assert(!screen.includes("普洱普洱普洱"), "a password is not shown");
    assertStringIncludes(screen, "code 0");
  },
});
