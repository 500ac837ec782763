import { assertEquals, assertThrows } from "@std/assert";
import { readFlags, UsageError, usageOf } from "./flags.ts";

const TABLE = {
  port: {
    operand: "N",
    meaning: "a port",
    default: "8888",
    read: (text: string) => {
      if (/^\d+$/.test(text)) return Number(text);
      throw new RangeError(`must be a number, not "${text}"`);
    },
  },
  host: { operand: "HOST", meaning: "a host" },
  password: { operand: "[WORD]", meaning: "a password" },
  tea: { operand: "TEA", meaning: "a tea", isList: true },
  "no-web": { meaning: "no page" },
} as const;

Deno.test("readFlags() gives each flag's value, its default, or undefined", () => {
  const rest = { host: undefined, password: undefined, tea: [], "no-web": false };
  assertEquals(readFlags(TABLE, []), { ...rest, port: 8888 });
  assertEquals(readFlags(TABLE, ["--port", "1", "--no-web", "--tea=a", "--tea", "b", "--password"]), {
    ...rest,
    port: 1,
    password: "",
    tea: ["a", "b"],
    "no-web": true,
  });
});

Deno.test("readFlags() says what is wrong, with the flag's name", () => {
  const wrong: [args: string[], message: string][] = [
    [["--port", "tea"], '--port must be a number, not "tea"'],
    [["--host"], "--host needs a value"],
    [["--host="], "--host needs a value"],
    [["--pot", "1"], "unknown flag --pot; --help lists the flags"],
    [["tea"], "unknown argument tea; --help lists the flags"],
  ];
  for (const [args, message] of wrong) assertThrows(() => readFlags(TABLE, args), UsageError, message);
});

Deno.test("readFlags() gives help and version before it looks at values", () => {
  assertEquals(readFlags(TABLE, ["--port", "tea", "--help"]), "help");
  assertEquals(readFlags(TABLE, ["--version"]), "version");
});

Deno.test("usageOf() shows what follows a flag", () => {
  assertEquals([usageOf("port", TABLE.port), usageOf("no-web", TABLE["no-web"])], ["--port N", "--no-web"]);
});
