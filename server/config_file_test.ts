import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../shared/flags.ts";
import { configFile } from "./config_file.ts";
import { FLAGS } from "./flags.ts";

/** What a file says of a flag, and where, without the file's name. */
function saidIn(text: string, name: keyof typeof FLAGS) {
  const given = configFile("tea.toml", text, FLAGS, "config")(name, FLAGS[name]);
  return given && [given.from.replace("tea.toml, ", ""), ...given.texts];
}

Deno.test("configFile() gives what a file says of a flag, and the line where it begins", () => {
  const text = [
    "# our room",
    "",
    'name = "Tea # 茶" # what people see',
    "port = 8_888\r",
    '"web-port" = "81"',
    "no-tls = false",
    "allow-host = [ # two",
    '  "tea.example.org",',
    "  'tea.example.net',",
    "]",
    'motd = """',
    "motd.txt",
    'port = 1"""',
    "trust-proxy = '10.0.0.1,10.0.0.2'",
  ].join("\n");
  assertEquals(saidIn(text, "name"), ["line 3: name", "Tea # 茶"]);
  assertEquals(saidIn(text, "port"), ["line 4: port", "8888"]);
  assertEquals(saidIn(text, "web-port"), ["line 5: web-port", "81"]);
  assertEquals(saidIn(text, "no-tls"), ["line 6: no-tls", "false"]);
  assertEquals(saidIn(text, "allow-host"), ["line 7: allow-host", "tea.example.org,tea.example.net"]);
  assertEquals(saidIn(text, "motd"), ["line 11: motd", "motd.txt\nport = 1"]);
  assertEquals(saidIn(text, "trust-proxy"), ["line 14: trust-proxy", "10.0.0.1,10.0.0.2"]);
  assertEquals([saidIn(text, "db"), saidIn("", "db"), saidIn("# nothing", "db")], [undefined, undefined, undefined]);
});

Deno.test("configFile() names the line that is wrong, and why, and shows no secret", () => {
  const wrong: [text: string, message: string][] = [
    [
      "\nwebport = 80",
      'line 2: there is no setting "webport"; is web-port meant? --help lists them, without the dashes',
    ],
    ["log_level = 'info'", 'line 1: there is no setting "log_level"; is log-level meant?'],
    ["__proto__ = 1", "line 1: must be one setting"],
    ["constructor = 1", 'line 1: there is no setting "constructor"'],
    ["name.first = 'Tea'", "line 1: name must be a text in quotes or a whole number"],
    ["# a\n[server]\nport = 1", "line 2: there are no tables here"],
    ["[[server]]", "line 1: there are no tables here"],
    ["port = 1\n\nport = 2", "line 3: port is said in line 1 already"],
    ["port = 1 name = 'Tea'", "line 1"],
    ["\nport = 65536", 'line 2: port must be a number from 0 to 65535, not "65536"'],
    ["port = 1.5", "line 1: port must be a text in quotes or a whole number"],
    ["keep = 2026-11-27", "line 1: keep must be a text in quotes or a whole number"],
    ["keep = '3 weeks'", 'line 1: keep must be a time as 12h or 90d, 0 or forever, not "3 weeks"'],
    ["name = ''", "line 1: name must be 1 to 60 characters"],
    ["motd = ''", "line 1: motd needs a value"],
    ["no-web = 'yes'", "line 1: no-web must be true or false"],
    ["port = [1, 2]", "line 1: port must be a text in quotes or a whole number"],
    ["acme = [true]", "line 1: acme must be an array of texts, or a text in quotes or a whole number"],
    ["acme = [\n'a b'\n]", 'line 1: acme must be host names as tea.example.org, not "a b"'],
    ["config = 'other.toml'", "line 1: config names the configuration file, and is no part of it"],
    ["password = 'hunter2'", "line 1: password is a secret; password-file names a file that holds it"],
    ["oper = ['ann:hunter2']", "line 1: oper is a secret; oper-file names a file that holds it"],
    ["port = 1\npassword = hunter2\nkeep = 3d", "line 2: this is no TOML; a setting is as"],
    ["port = 1\npassword = 'hunter2\nkeep = 3d", "line 2: this is no TOML"],
    ["port = 1\nname = \n# c", "line 2: this is no TOML"],
    ["port = 1\nacme = [\n'a',\nb]\n", "line 2: this is no TOML"],
    ["port", "line 1: this is no TOML"],
    ["port = 1\nmotd = '''\nx", "line 2: this is no TOML"],
  ];
  for (const [text, message] of wrong) {
    const error = assertThrows(() => saidIn(text, "db"), UsageError, `tea.toml, ${message}`, text);
    assertEquals(error.message.includes("hunter2") || error.message.includes("\n"), false, error.message);
  }
});

Deno.test("configFile() finds each line in a file of any length", () => {
  const names = (Object.keys(FLAGS) as (keyof typeof FLAGS)[]).filter((name) => name === "motd" || name === "db");
  for (const gap of [0, 1, 500]) {
    const text = names.map((name) => `${"# c\n".repeat(gap)}${name} = 'x'\n`).join("");
    for (const [i, name] of names.entries()) {
      assertEquals(saidIn(text, name), [`line ${(i + 1) * (gap + 1)}: ${name}`, "x"]);
    }
  }
});

Deno.test("configFile() looks for the end of a setting in some hundred lines, and not in a whole file", () => {
  const hosts = (count: number, name = "a") => `allow-host = [\n${`  '${name}.example.org',\n`.repeat(count)}]\n`;
  const said = saidIn(`${hosts(298)}port = 1`, "allow-host")!;
  assertEquals([said[0], said[1].split(",").length], ["line 1: allow-host", 298]);
  // One line may be as long as it likes: it is read once.
  const long = Array(2_000).fill("a.example.org").join();
  assertEquals(saidIn(`allow-host = "${long}"`, "allow-host")?.[1], long);
  const endless = "this setting has no end within 300 lines and 16384 characters; is a quote or a bracket missing?";
  for (
    const text of [
      hosts(299),
      hosts(100, "a".repeat(200)),
      `motd = """${"\n".repeat(500)}x"""`,
      `motd = """${"\n".repeat(100_000)}`,
    ]
  ) {
    assertThrows(() => saidIn(`port = 1\n${text}`, "db"), UsageError, `tea.toml, line 2: ${endless}`);
  }
});
