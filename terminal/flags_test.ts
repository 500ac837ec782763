import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../shared/flags.ts";
import { problemOfNick, readClientFlags } from "./flags.ts";

Deno.test("--nick takes a name with spaces, whose nick has underlines, and refuses what cannot become a nick", () => {
  const flags = readClientFlags(["--nick", "Ms Chen"]);
  assertEquals(typeof flags === "string" ? flags : flags.nick, "Ms Chen");
  assertEquals(problemOfNick("陈 老师"), undefined);
  assertThrows(() => readClientFlags(["--nick", "2 bob"]), UsageError, "it cannot begin with 2; _bob would do");
  assertThrows(() => readClientFlags(["--nick", "Owner"]), UsageError, "that name is kept for the server");
});
