import { assertEquals } from "@std/assert";
import { COMMANDS } from "../server/commands/table.ts";
import { COMMAND_GRAMMAR } from "./fuzz/grammar.ts";

Deno.test("the fuzzer's grammar has lines for each command, and for no other", () => {
  assertEquals(Object.keys(COMMAND_GRAMMAR).sort(), [...COMMANDS.keys()].sort());
});
