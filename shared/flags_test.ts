import { assertEquals, assertThrows } from "@std/assert";
import { environment, readFlags, UsageError, usageOf, variableOf } from "./flags.ts";

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
    [["--host", ""], "--host needs a value"],
    [["--port", "", "--no-web"], '--port must be a number, not ""'],
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

Deno.test("variableOf() names a flag's environment variable", () => {
  assertEquals(variableOf("TEAHOUSE_", "web-port"), "TEAHOUSE_WEB_PORT");
});

/** The environment of a test as a place. */
function placeOf(variables: Record<string, string>) {
  return environment("TEAHOUSE_", (variable) => variables[variable]);
}

Deno.test("readFlags() takes what the command line leaves out from the first place that says it", () => {
  const environment = placeOf({
    TEAHOUSE_PORT: "1",
    TEAHOUSE_HOST: "",
    TEAHOUSE_TEA: "oolong, sencha\nassam",
    TEAHOUSE_NO_WEB: "1",
  });
  const later = placeOf({ TEAHOUSE_PORT: "2", TEAHOUSE_HOST: "here" });
  const rest = { host: "here", password: undefined, "no-web": true };
  assertEquals(readFlags(TABLE, [], [environment, later]), { ...rest, port: 1, tea: ["oolong", "sencha", "assam"] });
  assertEquals(readFlags(TABLE, ["--port", "3", "--tea", "chai"], [environment, later]), {
    ...rest,
    port: 3,
    tea: ["chai"],
  });
  assertEquals(readFlags(TABLE, ["--host", "there"], [placeOf({ TEAHOUSE_NO_WEB: "No" }), environment]), {
    ...rest,
    host: "there",
    "no-web": false,
    port: 1,
    tea: ["oolong", "sencha", "assam"],
  });
});

Deno.test("readFlags() names the environment variable that is wrong, and not one that the command line covers", () => {
  const wrong: [variables: Record<string, string>, message: string][] = [
    [{ TEAHOUSE_PORT: "tea" }, 'TEAHOUSE_PORT must be a number, not "tea"'],
    [{ TEAHOUSE_NO_WEB: "maybe" }, 'TEAHOUSE_NO_WEB must be 1 or 0, not "maybe"'],
  ];
  for (const [variables, message] of wrong) {
    assertThrows(() => readFlags(TABLE, [], [placeOf(variables)]), UsageError, message);
    readFlags(TABLE, ["--port", "1", "--no-web"], [placeOf(variables)]);
  }
});

Deno.test("environment() leaves a secret to those who read secrets", () => {
  const secret = { operand: "WORD", meaning: "a password", isSecret: true } as const;
  assertEquals(placeOf({ TEAHOUSE_PASSWORD: "tea" })("password", secret), undefined);
});
