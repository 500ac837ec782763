import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../shared/flags.ts";
import { FLAG_TEXTS, help, readServerFlags, type ServerFlags } from "./flags.ts";

/** The flags of a command line and an environment. */
function flagsOf(args: string[], variables: Record<string, string> = {}): ServerFlags {
  const flags = readServerFlags(args, (name) => variables[name]);
  if (typeof flags === "string") throw new Error(`flags are asked for ${flags}`);
  return flags;
}

Deno.test("readServerFlags() takes from the environment what the command line leaves out", () => {
  const variables = {
    TEAHOUSE_NAME: "Tea at noon",
    TEAHOUSE_WEB_PORT: "81",
    TEAHOUSE_KEEP: "12h",
    TEAHOUSE_MAX_PER_IP: "",
    TEAHOUSE_NEW_OWNER: "1",
    TEAHOUSE_TRUST_PROXY: "10.0.0.1,10.0.0.2",
  };
  const { name, keep, ...flags } = flagsOf(["--web-port", "82"], variables);
  assertEquals([name, keep], ["Tea at noon", 43_200_000]);
  assertEquals([flags["web-port"], flags["max-per-ip"], flags["new-owner"]], [82, 256, true]);
  assertEquals(flags["trust-proxy"], ["10.0.0.1", "10.0.0.2"]);
});

Deno.test("readServerFlags() says which variable is wrong, and why", () => {
  const wrong: [variables: Record<string, string>, message: string][] = [
    // Kubernetes gives a container such a variable for a service that is called teahouse.
    [
      { TEAHOUSE_PORT: "tcp://10.0.0.1:8888" },
      "TEAHOUSE_PORT is what Kubernetes says of a service; enableServiceLinks: false in the pod's spec leaves it out. " +
      'It must be a number, not "tcp://10.0.0.1:8888"',
    ],
    [{ TEAHOUSE_WEB_PORT: "tcp//80" }, 'TEAHOUSE_WEB_PORT must be a number from 0 to 65535, not "tcp//80"'],
    [{ TEAHOUSE_LOG_LEVEL: "loud" }, "TEAHOUSE_LOG_LEVEL must be one of error, info, debug"],
    [{ TEAHOUSE_NO_WEB: "maybe" }, 'TEAHOUSE_NO_WEB must be 1 or 0, not "maybe"'],
  ];
  for (const [variables, message] of wrong) assertThrows(() => flagsOf([], variables), UsageError, message);
});

Deno.test("readServerFlags() refuses a room without a name, and says why", () => {
  assertThrows(() => flagsOf(["--name", ""]), UsageError, "--name must be 1 to 60 characters, none of them a control");
});

Deno.test("readServerFlags() leaves passwords in the environment to readSecrets()", () => {
  const flags = flagsOf([], { TEAHOUSE_PASSWORD: "tea", TEAHOUSE_OPER: "ann:tea" });
  assertEquals([flags.password, flags.oper], [undefined, []]);
});

Deno.test("FLAG_TEXTS has each flag, as data, with its variable and what counts without it", () => {
  assertEquals(FLAG_TEXTS.find(({ name }) => name === "web-port"), {
    name: "web-port",
    usage: "--web-port N",
    variable: "TEAHOUSE_WEB_PORT",
    meaning: "the port of the page, and of its WebSocket; 0 picks a free one",
    otherwise: "8080, or the next one that is free",
    isList: false,
  });
  assertEquals(JSON.parse(JSON.stringify(FLAG_TEXTS)), FLAG_TEXTS);
  for (const { usage, otherwise } of FLAG_TEXTS) {
    assertStringIncludes(help(), `  ${usage}`);
    assert(otherwise !== "");
  }
  assertEquals(FLAG_TEXTS.map(({ name }) => name).sort(), Object.keys(flagsOf([])).sort());
});
