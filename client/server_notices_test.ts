import { assert, assertEquals, assertMatch } from "@std/assert";
import { ownedText } from "../server/room/reservations.ts";
import { noticeInChinese } from "./server_notices.ts";

Deno.test("what the server says by notice is said in Chinese, and what is not known stays as it is", async () => {
  const [welcome, devices] = await Promise.all(
    ["commands/welcome", "room/devices"].map((name) =>
      Deno.readTextFile(new URL(`../server/${name}.ts`, import.meta.url))
    ),
  );
  assertEquals(
    noticeInChinese("This room keeps what is said for 90 days, to show it to those who join."),
    "聊天室会保存消息 90 天，供后来的人查看。",
  );
  assertMatch(noticeInChinese("This room keeps what is said, to show it to those who join.")!, /保存消息，/);
  assert(welcome.includes("`This room keeps what is said${") && welcome.includes("}, to show it to those who join.`"));
  assertMatch(noticeInChinese(ownedText("alice", "alice", 29_500))!, /^alice 是某个账号的昵称：.* 30 秒/);
  assertMatch(noticeInChinese(ownedText("al1ce", "alice", 30_000))!, /^al1ce 看起来像 alice/);
  const [many, unwritten] = [
    "This device does not stay logged in: the account has 50 app passwords, and must end one first",
    "That cannot be written now: if the server is started anew before it can, this device is logged in again",
  ];
  for (const text of [many, unwritten]) {
    assertMatch(noticeInChinese(text)!, /\p{Script=Han}/u);
    assert(devices.includes(text.replace("50", "${MOST_DEVICES}")), text);
  }
  assertEquals(noticeInChinese("Something else"), undefined);
});
