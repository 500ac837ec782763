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

Deno.test("complete() gives who spoke lately first, the last one first, and then the others by name", () => {
  const state = new State("bob");
  const takes = (...lines: string[]) => lines.forEach((line) => receive(state, parse(line), 0));
  takes(":bob!b@h JOIN #tea", ":tea 353 bob = #tea :bob guest1 guest10 guest2 guest3", ":tea 366 bob #tea :End");
  const order = () => complete("@gue", state).candidates.map(({ label }) => label);
  assertEquals(order(), ["@guest1", "@guest2", "@guest3", "@guest10"]);
  takes(":guest3!g@h PRIVMSG #tea :hi", ":guest10!g@h PRIVMSG #tea :hello", ":guest3!g@h PRIVMSG #tea :again");
  assertEquals(order(), ["@guest3", "@guest10", "@guest1", "@guest2"]);
  takes(":guest10!g@h PRIVMSG #tea :yes");
  assertEquals(order(), ["@guest10", "@guest3", "@guest1", "@guest2"]);
  // Whoever is not here comes behind them, also where they have spoken last.
  takes(":guest9!g@h PRIVMSG bob :hey", ":guest10!g@h QUIT :bye");
  assertEquals(order(), ["@guest3", "@guest1", "@guest2", "@guest9"]);
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
  assertEquals(completions("/help al"), ["all "]);
  assertEquals([completions("/nick al"), completions("/to alice al")], [[], []]);
  // Text after a command is text.
  assertEquals(completions("/kick alice for :teap"), [":teapot:"]);
  assertEquals(completions("/me greets ali"), ["alice "]);
});

Deno.test("complete() completes nothing where there is nothing", () => {
  assertEquals([completions(""), completions("hello "), completions("//w")], [[], [], []]);
});
