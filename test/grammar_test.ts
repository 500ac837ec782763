import { assertEquals } from "@std/assert";
import { COMMANDS } from "../server/commands/table.ts";
import { COMMAND_FORMS } from "./fuzz/command_forms.ts";

Deno.test("the fuzzer's grammar has lines for each command, and for no other", () => {
  assertEquals(Object.keys(COMMAND_FORMS).sort(), [...COMMANDS.keys()].sort());
});
