import { assertEquals } from "@std/assert";
import { unconfirmedLines } from "./unconfirmed.ts";

Deno.test("what was said to a target is read from what waits for the server: texts, actions and answers, and nothing else", () => {
  const hello = { command: "PRIVMSG", params: ["#Tea", "hello"] };
  const answer = { command: "PRIVMSG", params: ["#tea", "two\nlines"], tags: { "+draft/reply": "m1" } };
  const action = { command: "PRIVMSG", params: ["#tea", "\x01ACTION pours\x01"] };
  const others = [
    { command: "PRIVMSG", params: ["#garden", "elsewhere"] },
    { command: "NOTICE", params: ["#tea", "a notice"] },
    { command: "PRIVMSG", params: ["#tea", "\x01VERSION\x01"] },
    { command: "PRIVMSG", params: ["#tea", "corrected"], tags: { "+draft/edit": "m1" } },
    { command: "JOIN", params: ["#tea"] },
    { command: "WHO" },
  ];
  assertEquals(unconfirmedLines([hello, ...others, answer, action], "#tea"), [
    { key: hello, kind: "message", text: "hello" },
    { key: answer, kind: "message", text: "two\nlines", replyTo: "m1" },
    { key: action, kind: "action", text: "pours" },
  ]);
});
