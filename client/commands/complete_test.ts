import { assertEquals } from "@std/assert";
import { parse } from "../../protocol.ts";
import { complete } from "./complete.ts";
import { receive } from "../state/receive.ts";
import { State } from "../state/state.ts";

const state = new State("bob");
const LINES = [
  ":bob!b@h JOIN #tea",
  ":tea 353 bob = #tea :bob alice Alan 张三",
  ":tea 366 bob #tea :End",
  ":zoe PRIVMSG bob :hi",
];
for (const line of LINES) receive(state, parse(line), 0);

/** What the last word of a line may become. */
function completions(line: string): string[] {
  return complete(line, state).candidates.map(({ text }) => text);
}

Deno.test("complete() completes a nick: with a colon at the beginning, without it further on", () => {
  assertEquals(completions("al"), ["Alan: ", "alice: "]);
  assertEquals(completions("hello AL"), ["Alan ", "alice "]);
  assertEquals(completions("张"), ["张三: "]);
  assertEquals(completions("@ali"), ["@alice "]);
  // Somebody who only wrote privately, but never oneself.
  assertEquals([completions("zo"), completions("bo")], [["zoe: "], []]);
});

Deno.test("complete() completes emoji and shows them", () => {
  assertEquals(complete("so :smile", state).candidates[0], { text: ":smile:", label: ":smile: 😄" });
  assertEquals([completions(":"), completions("10:3")], [[], []]);
});

Deno.test("complete() completes commands and their arguments", () => {
  assertEquals(completions("/w"), ["/whois ", "/who "]);
  assertEquals(completions("/to al"), ["Alan ", "alice "]);
  assertEquals(completions("/to #"), ["#tea "]);
  assertEquals(completions("/part "), ["#tea "]);
  assertEquals(completions("/help ni"), ["nick "]);
  assertEquals([completions("/nick al"), completions("/to alice al")], [[], []]);
  // Text after a command is text.
  assertEquals(completions("/kick alice for :teap"), [":teapot:"]);
  assertEquals(completions("/me greets ali"), ["alice "]);
});

Deno.test("complete() completes nothing where there is nothing", () => {
  assertEquals([completions(""), completions("hello "), completions("//w")], [[], [], []]);
});
