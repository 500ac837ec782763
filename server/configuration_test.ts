import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../shared/flags.ts";
import { type Configuration, FileError, readConfiguration, readServerFlags } from "./configuration.ts";
import type { ServerFlags } from "./flags.ts";

/** The flags of a command line and an environment. */
async function flagsOf(args: string[], variables: Record<string, string> = {}): Promise<ServerFlags> {
  const flags = await readServerFlags(args, (name) => variables[name]);
  if (typeof flags === "string") throw new Error(`flags are asked for ${flags}`);
  return flags;
}

/** A configuration file for one test. */
class File implements Disposable {
  readonly path = Deno.makeTempFileSync({ suffix: ".toml" });

  constructor(text: string) {
    Deno.writeTextFileSync(this.path, text);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}

Deno.test("readServerFlags() takes from the environment what the command line leaves out", async () => {
  const variables = {
    TEAHOUSE_NAME: "Tea at noon",
    TEAHOUSE_WEB_PORT: "81",
    TEAHOUSE_KEEP: "12h",
    TEAHOUSE_MAX_PER_IP: "",
    TEAHOUSE_NEW_OWNER: "1",
    TEAHOUSE_TRUST_PROXY: "10.0.0.1,10.0.0.2",
  };
  const { name, keep, ...flags } = await flagsOf(["--web-port", "82"], variables);
  assertEquals([name, keep], ["Tea at noon", 43_200_000]);
  assertEquals([flags["web-port"], flags["max-per-ip"], flags["new-owner"]], [82, 256, true]);
  assertEquals(flags["trust-proxy"], ["10.0.0.1", "10.0.0.2"]);
});

Deno.test("readServerFlags() says which variable is wrong, and why", async () => {
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
  for (const [variables, message] of wrong) await assertRejects(() => flagsOf([], variables), UsageError, message);
});

Deno.test("readServerFlags() refuses a room without a name, and says why", async () => {
  await assertRejects(
    () => flagsOf(["--name", ""]),
    UsageError,
    "--name must be 1 to 60 characters, none of them a control",
  );
});

Deno.test("readServerFlags() leaves passwords in the environment to readSecrets()", async () => {
  const flags = await flagsOf([], { TEAHOUSE_PASSWORD: "tea", TEAHOUSE_OPER: "ann:tea" });
  assertEquals([flags.password, flags.oper], [undefined, []]);
});

Deno.test("readServerFlags() takes the command line before the environment, and that before the configuration file", async () => {
  using file = new File('port = 1\nweb-port = 2\ntls-port = 3\nname = "Tea"\n');
  const flags = await flagsOf(["--config", file.path, "--port", "11"], {
    TEAHOUSE_PORT: "21",
    TEAHOUSE_WEB_PORT: "22",
  });
  assertEquals(
    [flags.port, flags["web-port"], flags["tls-port"], flags.name, flags["log-level"]],
    [11, 22, 3, "Tea", 1],
  );
  assertEquals((await flagsOf([], { TEAHOUSE_CONFIG: file.path })).port, 1);
});

Deno.test("readServerFlags(): what goes with nothing said in a place that counts before it is left out", async () => {
  using file = new File('no-web = true\ntls-cert = "cert.pem"\ntls-key = "key.pem"\npassword-file = "secret"\n');
  const config = ["--config", file.path];
  const [page, plain] = [await flagsOf([...config, "--web-port", "80"]), await flagsOf([...config, "--no-tls"])];
  assertEquals([page["no-web"], page["web-port"], page["tls-key"]], [false, 80, "key.pem"]);
  assertEquals([plain["no-web"], plain["no-tls"], plain["tls-cert"], plain["tls-key"]], [
    true,
    true,
    undefined,
    undefined,
  ]);
  const asked = await flagsOf(config, { TEAHOUSE_ACME: "tea.example.org", TEAHOUSE_WEB_PORT: "80" });
  assertEquals([asked.acme, asked["tls-cert"], asked["tls-key"]], [["tea.example.org"], undefined, undefined]);
  assertEquals(page["password-file"], "secret");
  for (const [args, variables] of [[["--password", "tea"], {}], [[], { TEAHOUSE_PASSWORD: "tea" }]] as const) {
    assertEquals((await flagsOf([...config, ...args], variables))["password-file"], undefined);
  }
  // Two that are said in one place, or of which half is missing, are a mistake.
  const wrong: [args: string[], variables: Record<string, string>, message: string][] = [
    [["--no-web", "--web-port", "80"], {}, "--web-port and --no-web exclude each other"],
    [[], { TEAHOUSE_NO_TLS: "1", TEAHOUSE_TLS_PORT: "1" }, "TEAHOUSE_TLS_PORT and TEAHOUSE_NO_TLS exclude each other"],
    [["--tls-key", "key.pem"], {}, "--tls-key: --tls-cert and --tls-key belong together"],
  ];
  for (const [args, variables, message] of wrong) {
    await assertRejects(() => flagsOf(args, variables), UsageError, message);
  }
});

Deno.test("readServerFlags() says why a configuration file can't be read", async () => {
  await assertRejects(
    () => flagsOf(["--config", "/nope/tea.toml"]),
    UsageError,
    "cannot read --config /nope/tea.toml: ",
  );
  await assertRejects(
    () => flagsOf([], { TEAHOUSE_CONFIG: "/" }),
    UsageError,
    "cannot read TEAHOUSE_CONFIG /: it is no ordinary file",
  );
});

Deno.test("readConfiguration() does not take a pipe that has been read for an empty file", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const args = ["--oper-file", "/dev/null", "--motd", "/dev/null"];
  const { secrets, motd } = await readConfiguration(args, () => {}) as Configuration;
  assertEquals([secrets.operators.size, motd], [0, [""]]);
  const message = "--motd /dev/null is no ordinary file, which can be read again";
  await assertRejects(() => readConfiguration(args, () => {}, true), FileError, message);
});

Deno.test("readServerFlags() reads addresses of a TURN server, and says what can't be one", async () => {
  const read = (...args: string[]) => readServerFlags(args, () => undefined);
  const secret = ["--turn-secret-file", "secret"];
  const flags = await read("--turn", "turn:tea.example.org:3478,turns:[2001:db8::7]:443?transport=tcp", ...secret);
  assertEquals((flags as ServerFlags).turn, [
    "turn:tea.example.org:3478",
    "turns:[2001:db8::7]:443?transport=tcp",
  ]);
  const odd = ["tea.example.org", "turn:", "turn:tea example", "stun:tea.example.org", "turn:a:b:c", "turn:x,,turn:y"];
  for (const text of [...odd, `turn:${"x".repeat(200)}`, Array(5).fill("turn:x").join(",")]) {
    await assertRejects(() => read("--turn", text, ...secret), UsageError, "--turn must be an address as turn:");
  }
  await assertRejects(() => read("--calls", ""), UsageError, "--calls must be all, operators or none");
  await assertRejects(() => read(...secret), UsageError, "--turn-secret-file: --turn and --turn-secret-file belong");
});
