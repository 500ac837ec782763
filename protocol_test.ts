/** Tests of the wire format: tables of line -> message and back, lines cut from bytes, and the rules for names. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  byteLength,
  casefold,
  escapeTag,
  explainFault,
  fit,
  format,
  formatTags,
  isChannelName,
  isNick,
  LIMITS,
  LineError,
  LineReader,
  type Message,
  type MessageInit,
  nameFault,
  parse,
  parseSource,
  parseTime,
  ProtocolError,
  type Source,
  unescapeTag,
} from "./protocol.ts";

// ---------------------------------------------------------------------------------------------------------------
// Messages

/** A message, with the parts that are mostly empty filled in. */
function message(command: string, params: string[] = [], rest: Partial<Message> = {}): Message {
  return { tags: {}, command, params, ...rest };
}

Deno.test("parse() reads each part of a line", () => {
  const table: [line: string, expected: Message][] = [
    ["QUIT", message("QUIT")],
    ["quit", message("quit")],
    ["001 bob :Welcome", message("001", ["bob", "Welcome"])],
    ["NICK bob", message("NICK", ["bob"])],
    ["USER bob 0 * :Bob B.", message("USER", ["bob", "0", "*", "Bob B."])],
    // A colon before the last parameter changes nothing but what it may hold.
    ["JOIN :#tea", message("JOIN", ["#tea"])],
    ["TOPIC #tea :", message("TOPIC", ["#tea", ""])],
    ["TOPIC #tea ::)", message("TOPIC", ["#tea", ":)"])],
    ["TOPIC #tea :  two  spaces  ", message("TOPIC", ["#tea", "  two  spaces  "])],
    ["PRIVMSG #tea :it is 10:30 :)", message("PRIVMSG", ["#tea", "it is 10:30 :)"])],
    ["MODE #tea +k a:b", message("MODE", ["#tea", "+k", "a:b"])],
    // Any number of spaces parts two parameters, and the last ones part nothing.
    ["MODE   #tea  +o   bob  ", message("MODE", ["#tea", "+o", "bob"])],
    ["AWAY ", message("AWAY")],
    ["AWAY  :gone", message("AWAY", ["gone"])],
    // Only U+0020 is a space.
    ["NICK b\to\u00a0b\u3000!", message("NICK", ["b\to\u00a0b\u3000!"])],
    ["PRIVMSG #茶馆 :喝茶吗 😄", message("PRIVMSG", ["#茶馆", "喝茶吗 😄"])],
    [
      "PRIVMSG bob :\x02bold\x0f \x01ACTION waves\x01",
      message("PRIVMSG", ["bob", "\x02bold\x0f \x01ACTION waves\x01"]),
    ],
    [":bob!b@host AWAY", message("AWAY", [], { source: "bob!b@host" })],
    [":tea.example   PONG x", message("PONG", ["x"], { source: "tea.example" })],
    ["::bob PART #tea", message("PART", ["#tea"], { source: ":bob" })],
    // As some servers write them: a colon before the modes, or before the last of several parameters; formatting in a name.
    [":alice MODE #tea :+i", message("MODE", ["#tea", "+i"], { source: "alice" })],
    [":alice MODE #tea +vv bob :carol", message("MODE", ["#tea", "+vv", "bob", "carol"], { source: "alice" })],
    [":tea.example 432  #tea :Bad nick: a #", message("432", ["#tea", "Bad nick: a #"], { source: "tea.example" })],
    [":a\tb AWAY :  ", message("AWAY", ["  "], { source: "a\tb" })],
    [":bob!~b@ho\x02st\x0f PART #tea ", message("PART", ["#tea"], { source: "bob!~b@ho\x02st\x0f" })],
    ["@id=1 PING x", message("PING", ["x"], { tags: { id: "1" } })],
    ["@id=1  :bob  PING  x", message("PING", ["x"], { tags: { id: "1" }, source: "bob" })],
    ["@ PING x", message("PING", ["x"])],
    [": PING x", message("PING", ["x"])],
    ["PING @id=1 :bob", message("PING", ["@id=1", "bob"])],
    [
      "A 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16",
      message("A", Array.from({ length: 16 }, (_, i) => `${i + 1}`)),
    ],
  ];
  for (const [line, expected] of table) assertEquals(parse(line), expected, JSON.stringify(line));
});

Deno.test("parse() reads tags", () => {
  const table: [tags: string, expected: Record<string, string>][] = [
    ["a=b", { a: "b" }],
    ["a;b=;c=1", { a: "", b: "", c: "1" }],
    ["a=b=c", { a: "b=c" }],
    ["+draft/react=👍;example.org/key=v", { "+draft/react": "👍", "example.org/key": "v" }],
    ["time=2026-01-01T00:00:00.000Z", { time: "2026-01-01T00:00:00.000Z" }],
    // The last of several wins.
    ["a=1;b=2;a=3", { a: "3", b: "2" }],
    ["a=1;a", { a: "" }],
    // What has no key is passed over.
    [";;a=1;", { a: "1" }],
    ["=1", {}],
    ["a=\\:\\s\\\\\\r\\n", { a: "; \\\r\n" }],
    ["a=x\\", { a: "x" }],
    ["a=\\b\\", { a: "b" }],
    ["a=\\😄", { a: "😄" }],
    // An escape in a key is none.
    ["a\\sb=1", { "a\\sb": "1" }],
    ["constructor=1;toString", { constructor: "1", toString: "" } as unknown as Record<string, string>],
  ];
  for (const [tags, expected] of table) {
    const parsed = parse(`@${tags} PING`).tags;
    assertEquals(Object.entries(parsed), Object.entries(expected), tags);
  }
});

Deno.test("parse() takes __proto__ for a tag like any other", () => {
  const { tags } = parse("@__proto__=x;a=1 PING");
  assertEquals(Object.entries(tags), [["__proto__", "x"], ["a", "1"]]);
  assertEquals(({} as Record<string, unknown>).x, undefined);
  assertEquals(format({ tags, command: "PING" }), "@__proto__=x;a=1 PING");
});

Deno.test("parse() finds no tag that the line does not hold", () => {
  for (const line of ["PING", "@ PING", "@a=1 PING"]) {
    for (const key of ["constructor", "toString", "__proto__"]) assertEquals(parse(line).tags[key], undefined, line);
  }
});

Deno.test("parse() refuses a line that holds CR, LF or NUL", () => {
  for (const c of ["\r", "\n", "\0", "\r\n"]) {
    for (
      const line of [
        `${c}PING`,
        `PI${c}NG`,
        `PING${c}`,
        `PING a${c}b c`,
        `PING :a${c}`,
        `:bo${c}b PING`,
        `@a${c} PING`,
        `@a=${c} PING`,
      ]
    ) assertThrows(() => parse(line), ProtocolError, "CR, LF or NUL", JSON.stringify(line));
  }
});

Deno.test("parse() refuses a line without a command", () => {
  for (const line of ["", " ", " PING", "@a", "@a ", "@a=1 :bob", ":", ":bob", ":bob ", "@a=1 :bob  "]) {
    assertThrows(() => parse(line), ProtocolError, "no command", JSON.stringify(line));
  }
});

Deno.test("parse() refuses a command that is neither letters nor three digits", () => {
  for (
    const word of [
      "1",
      "01",
      "0001",
      "PING1",
      "1PING",
      "P-NG",
      "_PING",
      "/join",
      "PÏNG",
      "茶",
      "ＰＩＮＧ",
      "００１",
      "\tPING",
    ]
  ) {
    assertThrows(() => parse(`${word} x`), ProtocolError, "is no command", word);
  }
});

Deno.test("parse() takes a command with an underscore, which no RFC has but a client may send", () => {
  assertEquals(parse("NO_SUCH x").command, "NO_SUCH");
});

Deno.test("parse() shows no more than the start of what it refuses", () => {
  const error = assertThrows(() => parse("1".repeat(10_000)), ProtocolError);
  assert(error.message.length < 100, error.message);
});

Deno.test("format() writes each part of a message", () => {
  const table: [message: MessageInit, line: string][] = [
    [{ command: "QUIT" }, "QUIT"],
    [{ command: "away", params: [] }, "away"],
    [{ command: "001", params: ["bob", "Welcome home"] }, "001 bob :Welcome home"],
    [{ command: "JOIN", params: ["#tea"] }, "JOIN #tea"],
    [{ command: "MODE", params: ["#tea", "+k", "a:b"] }, "MODE #tea +k a:b"],
    [{ command: "USER", params: ["bob", "0", "*", ""] }, "USER bob 0 * :"],
    [{ command: "AWAY", params: [":)"] }, "AWAY ::)"],
    [{ command: "AWAY", params: [" "] }, "AWAY : "],
    [{ command: "AWAY", params: ["a\tb"] }, "AWAY a\tb"],
    [{ command: "PRIVMSG", params: ["#tea", "hello"] }, "PRIVMSG #tea :hello"],
    [{ command: "353", params: ["bob", "=", "#tea", "bob"] }, "353 bob = #tea :bob"],
    [{ source: "bob!b@host", command: "PART", params: ["#tea"] }, ":bob!b@host PART #tea"],
    [{ tags: {}, command: "PING" }, "PING"],
    [{ tags: { a: "" }, command: "PING" }, "@a PING"],
    [{ tags: { a: "1", "+b/c": "; \\\r\n" }, source: "s", command: "PING" }, "@a=1;+b/c=\\:\\s\\\\\\r\\n :s PING"],
    [{ tags: { a: "茶=:" }, command: "PING" }, "@a=茶=: PING"],
  ];
  for (const [message, line] of table) {
    assertEquals(format(message), line);
    assertEquals(parse(line), { tags: {}, params: [], ...message }, line);
  }
});

Deno.test("format() refuses CR, LF and NUL in every part", () => {
  for (const c of ["\r", "\n", "\0", "\r\nQUIT"]) {
    const table: MessageInit[] = [
      { command: "PING" + c },
      { command: c },
      { command: "PING", params: [c] },
      { command: "PRIVMSG", params: ["#tea", `hi${c}`] },
      { command: "PRIVMSG", params: [`#tea${c}`, "hi"] },
      { command: "PING", source: `bob${c}` },
      { command: "PING", tags: { [`a${c}`]: "1" } },
      { command: "PING", tags: { [`a${c}`]: "" } },
    ];
    for (const message of table) assertThrows(() => format(message), ProtocolError, "Cannot format");
  }
  // CR and LF in a tag's value are escaped; nothing escapes NUL.
  assertThrows(() => format({ command: "PING", tags: { a: "\0" } }), ProtocolError, "NUL");
});

Deno.test("format() refuses what could not be read back", () => {
  const table: [message: MessageInit, part: string][] = [
    [{ command: "" }, "command"],
    [{ command: "PING x" }, "command"],
    [{ command: ":bob" }, "command"],
    [{ command: "@a" }, "command"],
    [{ command: "01" }, "command"],
    [{ command: "MODE", params: ["", "x"] }, "middle parameter"],
    [{ command: "MODE", params: ["a b", "x"] }, "middle parameter"],
    [{ command: "MODE", params: [" ", "x"] }, "middle parameter"],
    [{ command: "MODE", params: [":a", "x"] }, "middle parameter"],
    [{ command: "MODE", params: ["a", "b", ":", "x"] }, "middle parameter"],
    [{ command: "PING", source: "" }, "source"],
    [{ command: "PING", source: "bob b" }, "source"],
    [{ command: "PING", tags: { "": "1" } }, "tag key"],
    [{ command: "PING", tags: { "a b": "1" } }, "tag key"],
    [{ command: "PING", tags: { "a;b": "1" } }, "tag key"],
    [{ command: "PING", tags: { "a=b": "1" } }, "tag key"],
  ];
  for (const [message, part] of table) {
    assertThrows(() => format(message), ProtocolError, part, JSON.stringify(message));
  }
});

Deno.test("formatTags() refuses what format() refuses", () => {
  assertEquals(formatTags({}), "");
  assertEquals(formatTags({ a: "", b: ";" }), "@a;b=\\: ");
  for (const key of ["", "a b", "a;b", "a=b", "a\r", "a\n", "a\0"]) {
    assertThrows(() => formatTags({ [key]: "" }), ProtocolError, "tag key", JSON.stringify(key));
  }
  assertThrows(() => formatTags({ a: "\0" }), ProtocolError, "NUL");
});

/** Numbers from 0 up to `n`, the same in every run (mulberry32). */
function seeded(seed: number): (n: number) => number {
  return (n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

// Every character that means something somewhere, and a few that only look so.
const ALPHABET = [..." :@;=\\!,#abS1rns\t\u00a0\u3000\x01茶ไé😄"];

function text(random: (n: number) => number, without = "", least = 0): string {
  const letters = ALPHABET.filter((c) => !without.includes(c));
  return Array.from({ length: least + random(6) }, () => letters[random(letters.length)]).join("");
}

Deno.test("parse() reads back whatever format() writes", () => {
  const random = seeded(1);
  for (let run = 0; run < 20_000; run++) {
    const params = Array.from({ length: random(4) }, () => text(random, " :", 1));
    if (random(2)) params.push(text(random));
    const tags = Object.fromEntries(
      Array.from({ length: random(4) }, () => [text(random, " ;=", 1), text(random) + ["", "\r", "\n"][random(3)]]),
    );
    const command = ["PRIVMSG", "mode", "JOIN", "001", "353"][random(5)];
    const message: Message = { tags, command, params };
    if (random(2)) message.source = text(random, " ", 1);
    const line = format(message);
    assert(!/[\0\r\n]/.test(line), JSON.stringify(line));
    assertEquals(parse(line), message, JSON.stringify(line));
  }
});

Deno.test("format() writes whatever parse() reads", () => {
  const random = seeded(2);
  let read = 0;
  for (let run = 0; run < 20_000; run++) {
    const line = ["", "@", ":", "@a ", "@a :b "][random(5)] + text(random) +
      ["", "PING ", " PING ", " 001"][random(4)] +
      text(random);
    let message: Message;
    try {
      message = parse(line);
    } catch (error) {
      assert(error instanceof ProtocolError, JSON.stringify(line));
      continue;
    }
    read++;
    assertEquals(parse(format(message)), message, JSON.stringify(line));
  }
  assert(read > 4_000, `only ${read} lines were messages`);
});

Deno.test("unescapeTag() undoes escapeTag()", () => {
  const table: [value: string, escaped: string][] = [
    ["", ""],
    ["tea", "tea"],
    [";", "\\:"],
    [" ", "\\s"],
    ["\\", "\\\\"],
    ["\r\n", "\\r\\n"],
    ["\\s", "\\\\s"],
    ["\\\\; ", "\\\\\\\\\\:\\s"],
    ["a=b:c,😄", "a=b:c,😄"],
  ];
  for (const [value, escaped] of table) {
    assertEquals(escapeTag(value), escaped);
    assertEquals(unescapeTag(escaped), value);
  }
});

Deno.test("unescapeTag() drops a backslash that escapes nothing", () => {
  const table: [escaped: string, value: string][] = [
    ["\\", ""],
    ["x\\", "x"],
    ["\\1\\茶\\😄", "1茶😄"],
    ["\\\\\\", "\\"],
    ["\\S\\N", "SN"],
    ["\\\u2028", "\u2028"],
    // The specification names no escape for NUL or for what an object inherits.
    ["\\0", "0"],
  ];
  for (const [escaped, value] of table) assertEquals(unescapeTag(escaped), value);
});

Deno.test("parseSource() splits nick, user and host", () => {
  const table: [source: string, expected: Source][] = [
    ["bob", { nick: "bob" }],
    ["bob!b", { nick: "bob", user: "b" }],
    ["bob@host", { nick: "bob", host: "host" }],
    ["bob!~b@2001:db8::1", { nick: "bob", user: "~b", host: "2001:db8::1" }],
    ["张三!z@host", { nick: "张三", user: "z", host: "host" }],
    ["bob!@", { nick: "bob", user: "", host: "" }],
    // The first mark of each kind counts, and `!` after `@` is the host's.
    ["bob!a!b@c@d", { nick: "bob", user: "a!b", host: "c@d" }],
    ["bob@host!b", { nick: "bob", host: "host!b" }],
    ["bob!~b@h\x02os\x0305t\x0f.net", { nick: "bob", user: "~b", host: "h\x02os\x0305t\x0f.net" }],
    ["bob!b@ho\x0304st", { nick: "bob", user: "b", host: "ho\x0304st" }],
    ["", { nick: "" }],
  ];
  for (const [source, expected] of table) assertEquals(parseSource(source), expected, source);
});

Deno.test("fit() cuts a text at the last character that fits", () => {
  const table: [text: string, bytes: number, fitted: string][] = [
    ["", 0, ""],
    ["a", 0, ""],
    ["abc", 3, "abc"],
    ["abc", 2, "ab"],
    ["茶茶", 6, "茶茶"],
    ["茶茶", 5, "茶"],
    ["茶茶", 2, ""],
    ["é", 1, ""],
    ["a😄b", 4, "a"],
    ["a😄b", 5, "a😄"],
    ["a😄b", 6, "a😄b"],
  ];
  for (const [text, bytes, fitted] of table) assertEquals(fit(text, bytes), fitted, `${text} in ${bytes} bytes`);
  const random = seeded(4);
  for (let run = 0; run < 2_000; run++) {
    const whole = text(random), bytes = random(20), fitted = fit(whole, bytes);
    const next = [...whole.slice(fitted.length)][0] ?? "";
    assert(whole.startsWith(fitted) && byteLength(fitted) <= bytes, whole);
    assert(next === "" || byteLength(fitted + next) > bytes, whole);
  }
});

// ---------------------------------------------------------------------------------------------------------------
// Lines

const encoder = new TextEncoder();

/** What a reader makes of the reads: its lines, and `<why>` in the place of a line that it dropped. */
function lines(reads: Iterable<Uint8Array | string>, reader: LineReader = new LineReader()): string[] {
  const found: string[] = [];
  for (const read of reads) {
    for (const line of reader.push(typeof read === "string" ? encoder.encode(read) : read)) {
      found.push(line instanceof LineError ? `<${line.fault}>` : line);
    }
  }
  return found;
}

/** The same bytes in reads of `size` bytes. */
function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

Deno.test("LineReader cuts lines at LF and at CR LF", () => {
  const table: [reads: string[], expected: string[]][] = [
    [["PING 1\r\n"], ["PING 1"]],
    [["PING 1\n"], ["PING 1"]],
    [["PING 1\r\nPING 2\r\n"], ["PING 1", "PING 2"]],
    [["PING 1\nPING 2\r\nPI"], ["PING 1", "PING 2"]],
    [["PI", "NG", " 1\r\nPI", "NG 2\r\n"], ["PING 1", "PING 2"]],
    [["PING 1\r", "\nPING 2\r\n"], ["PING 1", "PING 2"]],
    [["PING 1", "\n", "PING 2", "\r\n"], ["PING 1", "PING 2"]],
    [["PING 1"], []],
    [["", "PING 1\n", ""], ["PING 1"]],
    // Empty lines are passed over.
    [["\r\n\n\r\nPING 1\n\n"], ["PING 1"]],
    [["\r", "\n", "\n", "PING 1\n"], ["PING 1"]],
    [[" \n"], [" "]],
    // A CR elsewhere stays: it ends no line, and parse() refuses it.
    [["PING\r1\n"], ["PING\r1"]],
    [["\rPING 1\r\r\n"], ["\rPING 1\r"]],
    [["PING 1\rQUIT\r"], []],
  ];
  for (const [reads, expected] of table) assertEquals(lines(reads), expected, JSON.stringify(reads));
});

Deno.test("LineReader counts what it keeps of an unfinished line", () => {
  const reader = new LineReader();
  const table: [read: string, pending: number][] = [["PI", 2], ["NG 茶", 8], ["\r", 9], ["\n", 0], ["a\nbc", 2]];
  for (const [read, pending] of table) {
    lines([read], reader);
    assertEquals(reader.pending, pending, JSON.stringify(read));
  }
});

Deno.test("LineReader gives a character whole that two reads share", () => {
  const line = "PRIVMSG #茶馆 :喝茶 ไทย é 😄";
  const bytes = encoder.encode(line + "\r\n");
  for (let at = 0; at <= bytes.length; at++) {
    assertEquals(lines([bytes.subarray(0, at), bytes.subarray(at)]), [line], `cut at ${at}`);
  }
});

Deno.test("LineReader keeps a byte order mark, which is a character of the line", () => {
  assertEquals(lines(["\ufeffPING 1\nPING \ufeff2\n"]), ["\ufeffPING 1", "PING \ufeff2"]);
});

Deno.test("LineReader drops a line that is not UTF-8, and no other", () => {
  const table: Record<string, number[]> = {
    "a byte of no character": [0xff],
    "a continuation alone": [0x80],
    "a character cut short": [0xe8, 0x8c],
    "Latin-1": [0x63, 0x61, 0x66, 0xe9],
    "an overlong NUL": [0xc0, 0x80],
    "an overlong LF": [0xc0, 0x8a],
    "an overlong slash": [0xe0, 0x80, 0xaf],
    "an overlong four bytes": [0xf0, 0x80, 0x80, 0xaf],
    "a high surrogate": [0xed, 0xa0, 0x80],
    "a surrogate pair": [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x84],
    "beyond U+10FFFF": [0xf4, 0x90, 0x80, 0x80],
  };
  for (const [what, bad] of Object.entries(table)) {
    const bytes = Uint8Array.of(...encoder.encode("PING 1\nPING "), ...bad, ...encoder.encode("\r\nPING 茶\n"));
    for (const size of [1, 2, bytes.length]) {
      assertEquals(lines(cut(bytes, size)), ["PING 1", "<not UTF-8>", "PING 茶"], `${what}, reads of ${size}`);
    }
  }
});

Deno.test("LineReader tells the command of a line that is not UTF-8, where it is one", () => {
  const bad = [0xff, 0x0a];
  for (const [line, command] of [["@a=b :x join #tea :", "join"], ["PI", undefined], ["", undefined]] as const) {
    const [error] = new LineReader().push(Uint8Array.of(...encoder.encode(line), ...bad));
    assertEquals(error instanceof LineError ? error.command : error, command, line);
  }
});

/** Tags of so many bytes, with `@` and the space after them. */
const tagsOf = (bytes: number) => "@" + "a".repeat(bytes - 2) + " ";
/** The rest of a line, of so many bytes with its CR LF, which are not there yet. */
const bodyOf = (bytes: number) => "PING " + "b".repeat(bytes - 7);

Deno.test("LineReader takes lines up to both bounds and drops longer ones", () => {
  const { lineBytes, clientTagBytes, serverTagBytes } = LIMITS;
  assertEquals([lineBytes, clientTagBytes, serverTagBytes], [512, 4096, 8191]);
  for (const tagBytes of [clientTagBytes, serverTagBytes]) {
    const table: [line: string, fits: boolean][] = [
      [bodyOf(lineBytes - 1), true],
      [bodyOf(lineBytes), true],
      [bodyOf(lineBytes + 1), false],
      [bodyOf(lineBytes + 2), false],
      [tagsOf(tagBytes - 1) + bodyOf(lineBytes), true],
      [tagsOf(tagBytes) + bodyOf(lineBytes), true],
      [tagsOf(tagBytes) + bodyOf(lineBytes + 1), false],
      [tagsOf(tagBytes + 1) + bodyOf(lineBytes), false],
      [tagsOf(tagBytes + 1) + "PING", false],
      // Room that one part leaves is not the other's.
      [tagsOf(3) + bodyOf(lineBytes), true],
      [tagsOf(3) + bodyOf(lineBytes + 1), false],
      [tagsOf(2) + bodyOf(tagBytes), false],
      // Tags that never end are all tags.
      [tagsOf(tagBytes).trimEnd() + "a", true],
      [tagsOf(tagBytes).trimEnd() + "aa", false],
      // Bytes count, not characters.
      ["茶".repeat(170), true],
      ["茶".repeat(170) + "b", false],
      // An `@` elsewhere begins no tags.
      [" " + tagsOf(lineBytes), false],
    ];
    for (const [line, fits] of table) {
      for (const end of ["\r\n", "\n"]) {
        const bytes = encoder.encode(line + end + "PING\n");
        const expected = [fits ? line : "<too long>", "PING"];
        for (const size of [1, 7, 512, bytes.length - end.length - 5, bytes.length]) {
          const what = `tags ${tagBytes}: ${line.slice(0, 9)}... of ${bytes.length - 5} bytes, reads of ${size}`;
          assertEquals(lines(cut(bytes, size), new LineReader(tagBytes)), expected, what);
        }
      }
    }
  }
});

Deno.test("LineReader without room for tags drops a line that has some", () => {
  assertEquals(lines(["@a PING\nPING\n"], new LineReader(0)), ["<too long>", "PING"]);
});

Deno.test("LineReader tells once that a line is too long, however it is cut", () => {
  const long = "a".repeat(3_000);
  const table: string[][] = [
    // The line end comes with the byte too many, with the last of the rest, alone, and in halves.
    [long, long + "\nPING\n"],
    [long, long, long + "\nPING\n"],
    [long, long, long, "\nPING\n"],
    [long, long, long + "\r", "\nPING\n"],
    [long + long + "\n", "PING\n"],
    [long + long + "\nPING\nP"],
    [long, long + "\n" + long + long + "\nPING\n"],
  ];
  for (const reads of table) {
    const expected = reads.join("").split("\n").slice(0, -1).map((line) =>
      line.trim() === "PING" ? line : "<too long>"
    );
    assertEquals(lines(reads), expected);
  }
});

Deno.test("LineReader skips 50 MB without a line end and keeps none of it", () => {
  for (const first of ["", "@"]) {
    const reader = new LineReader();
    const chunk = new Uint8Array(64 * 1024).fill(97);
    const found = lines([first], reader);
    for (let bytes = 0; bytes < 50_000_000; bytes += chunk.length) {
      found.push(...lines([chunk], reader));
      assertEquals(reader.pending, 0);
    }
    found.push(...lines(["\r\nPING 1\r\n"], reader));
    assertEquals(found, ["<too long>", "PING 1"]);
  }
});

Deno.test("LineReader keeps no more than its bounds, in reads of any size", () => {
  const most = LIMITS.clientTagBytes + LIMITS.lineBytes;
  for (const size of [1, 100, 1_000, 4_000]) {
    const reader = new LineReader();
    const found: string[] = [];
    for (const read of cut(new Uint8Array(20_000).fill(64), size)) {
      found.push(...lines([read], reader));
      assert(reader.pending <= most, `${reader.pending} bytes after reads of ${size}`);
    }
    assertEquals(found, ["<too long>"]);
  }
});

Deno.test("LineReader gives the same lines however the bytes are cut", () => {
  const random = seeded(3);
  // Narrow bounds, so that lines of every kind meet them: tags of 6 bytes, 6 bytes before the line end.
  const bounds = [6, 8] as const;
  const pieces = ["\n", "\r\n", "\r", "@", " ", "a", "bcd", "茶", "\ufeff"].map((piece) => encoder.encode(piece));
  pieces.push(Uint8Array.of(0x8c));
  for (let run = 0; run < 5_000; run++) {
    const bytes = Uint8Array.from(
      Array.from({ length: random(40) }, () => [...pieces[random(pieces.length)]]).flat(),
    );
    const reader = new LineReader(...bounds);
    const whole = lines([bytes], reader);
    for (const size of [1, 2, 3, 5, 1 + random(20)]) {
      const other = new LineReader(...bounds);
      assertEquals(lines(cut(bytes, size), other), whole, `[${bytes}] in reads of ${size}`);
      assertEquals(other.pending, reader.pending, `[${bytes}] in reads of ${size}`);
    }
  }
});

// ---------------------------------------------------------------------------------------------------------------
// Times

Deno.test("parseTime() reads what Date writes, with any number of decimals up to nine", () => {
  const table: [text: string, expected: number][] = [
    ["1970-01-01T00:00:00.000Z", 0],
    ["2026-11-25T12:00:00Z", Date.UTC(2026, 10, 25, 12)],
    ["2026-11-25T12:00:00.5Z", Date.UTC(2026, 10, 25, 12, 0, 0, 500)],
    ["2026-11-25T12:00:00.123456789Z", Date.UTC(2026, 10, 25, 12, 0, 0, 123)],
    ["9999-12-31T23:59:59.999Z", Date.UTC(9999, 11, 31, 23, 59, 59, 999)],
    ["1969-12-31T23:59:59.999Z", -1],
  ];
  for (const [text, expected] of table) assertEquals(parseTime(text), expected, text);
});

Deno.test("parseTime() refuses other forms, and times that there are not", () => {
  const table = [
    "",
    "*",
    "now",
    "1767225600",
    "2026-11-25",
    "2026-11-25T12:00Z",
    "2026-11-25 12:00:00Z",
    "2026-11-25T12:00:00",
    "2026-11-25T12:00:00+01:00",
    "2026-11-25T12:00:00.Z",
    "2026-11-25T12:00:00.1234567890Z",
    "+012026-11-25T12:00:00.000Z",
    " 2026-11-25T12:00:00.000Z",
    "2026-11-25T12:00:00.000Z\n",
    "2026-13-25T12:00:00.000Z",
    "2026-11-25T25:00:00.000Z",
  ];
  for (const text of table) assertEquals(parseTime(text), undefined, JSON.stringify(text));
});

// ---------------------------------------------------------------------------------------------------------------
// Names

Deno.test("isNick() takes letters, marks and digits of any script", () => {
  const table = [
    "bob",
    "Bob_2",
    "a",
    "_",
    "[]\\`^{}|",
    "a-b",
    "张三",
    "張三2",
    "ไทย",
    "น้ำชา",
    "Ελλ",
    "Æ",
    "Ægir",
    "шахла",
    "शर्मा",
    "שלום",
    "مريم",
    "홍길동",
    "さくら",
    "é",
    "ﬁ",
    "𠮷野家",
    "systems",
    "a".repeat(30),
    "𠮷".repeat(30),
  ];
  for (const name of table) assert(isNick(name), name);
});

Deno.test("isNick() refuses what is no name, or would look like another", () => {
  const table: Record<string, string> = {
    "nothing": "",
    "31 characters": "a".repeat(31),
    "31 characters beyond the BMP": "𠮷".repeat(31),
    "a digit first": "2bob",
    "a hyphen first": "-bob",
    "a mark first": "\u0301bob",
    "a Thai mark first": "\u0e48ไทย",
    "a space": "a b",
    "a no-break space": "a\u00a0b",
    "an ideographic space": "a\u3000b",
    "a zero width space": "a\u200bb",
    "a zero width joiner": "a\u200db",
    "a soft hyphen": "a\u00adb",
    "a byte order mark": "\ufeffbob",
    "right-to-left override": "a\u202eb",
    "a bidi isolate": "a\u2067b",
    "a variation selector": "a\ufe0f",
    "the Hangul filler": "\u3164",
    "a Hangul filler within": "a\u3164b",
    "a half width Hangul filler": "a\uffa0b",
    "a combining grapheme joiner": "a\u034fb",
    "an emoji": "bob😄",
    "a line end": "bob\n",
    "CR": "a\rb",
    "NUL": "a\0b",
    "an escape sequence": "\x1b[31m",
    "a C1 control": "a\u0085b",
    "a lone surrogate": "a\ud800",
    "NFD": "e\u0301",
    "Hangul in NFD": "홍".normalize("NFD"),
    "an Angstrom sign, which NFC writes as a letter": "\u212b",
    "a kelvin sign, which NFC writes as K": "\u212aelvin",
    "a roman numeral, which is no letter": "Ⅷ",
    "a fraction": "a½",
    "a server": "tea.example",
    "the server's own name": "system",
    "the same in capitals": "SYSTEM",
    "the same in full width": "ＳｙＳｔｅｍ",
    "the same with a long s": "ſystem",
    "a letter that is a space and a mark when it is folded": "mallory\u037a",
    "a word that is several when it is folded": "m\ufdfa",
    "the owner of the room": "Owner",
    "whoever runs the server": "admin",
  };
  for (const c of "#&:,*?!@+%~.$;/='\"<>()") table[c] = `a${c}b`;
  for (const [what, name] of Object.entries(table)) assert(!isNick(name), what);
});

Deno.test("isChannelName() takes # and 1 to 49 visible characters", () => {
  const table = [
    "#t",
    "#tea",
    "#茶馆",
    "#น้ำชา",
    "##",
    "#2",
    "#-",
    "#🍵",
    "#a:b!c@d*e?",
    "#" + "a".repeat(49),
    "#" + "🍵".repeat(49),
  ];
  for (const name of table) assert(isChannelName(name), name);
});

Deno.test("isChannelName() refuses what could not be told apart or sent", () => {
  const table: Record<string, string> = {
    "nothing": "",
    "no name": "#",
    "no #": "tea",
    "another prefix": "&tea",
    "51 characters": "#" + "a".repeat(50),
    "51 characters beyond the BMP": "#" + "🍵".repeat(50),
    "a space": "#a b",
    "a no-break space": "#a\u00a0b",
    "a line separator": "#a\u2028b",
    "a tab": "#a\tb",
    "a comma": "#a,b",
    "a line end": "#tea\n",
    "NUL": "#a\0b",
    "BEL": "#a\x07b",
    "a zero width space": "#a\u200bb",
    "a word joiner": "#a\u2060b",
    "right-to-left override": "#a\u202eb",
    "the Hangul filler": "#\u3164",
    "a lone surrogate": "#\udc00",
    "a private use character": "#\ue000",
    "an unassigned character": "#\u0378",
    "NFD": "#e\u0301",
    "an empty Braille cell": "#hz\u2800",
    "an empty note": "#hz\u{1d159}",
    "the Khitan filler": "#hz\u{16fe4}",
    "a full blank of hieroglyphs": "#hz\u{13441}",
    "a Tifinagh joiner": "#hz\u2d7f",
    "a sign that joins a letter which does not follow": "#ក\u17d2",
    "the same in Kawi": "#\u{11f04}\u{11f42}",
    "a mark alone": "#\u0301",
    "a mark on the #": "#\u0301tea",
    "an enclosing mark alone": "#\u20e3",
    "the place of an object": "#a\ufffc",
  };
  for (const [what, name] of Object.entries(table)) assert(!isChannelName(name), what);
  for (const name of Object.values(table).slice(-11, -4)) assert(!isNick(name.replace("#", "a")), name);
  assert(isChannelName("#ក\u17d2ខ") && isChannelName("#\u2801") && isNick("ក\u17d2ខ"));
});

Deno.test("No name holds a character that draws nothing, alone or among others", () => {
  // Letters, marks and symbols that Unicode lists as ignorable, and those whose pictures are empty.
  const blank =
    "\u2800\u2d7f\u{13441}\u{13442}\u{16fe4}\u{1d159}\u{1107f}\u3164\uffa0\u115f\u1160\u034f\u180b\u17b4\u00ad\ufe0f" +
    "\u{e0041}\u{e0100}\u{1d173}\u2061\u200b\u3000\u1680";
  const ignorable = Array.from({ length: 0x110000 }, (_, point) => String.fromCodePoint(point))
    .filter((character) => /\p{Default_Ignorable_Code_Point}/u.test(character));
  assert(ignorable.length > 4_000);
  for (const character of [...blank, ...ignorable]) {
    const point = character.codePointAt(0)!.toString(16);
    for (const name of [character, `a${character}`, `${character}a`, `a${character}b`, character.repeat(5)]) {
      assert(!isNick(name), `nick with U+${point}`);
      assert(!isChannelName(`#${name}`), `channel with U+${point}`);
    }
  }
  for (const name of ["Анна", "вася", "Νίκος", "山田", "たろう", "محمد", "שרה", "สมชาย", "김철수", "José", "Ngô_Đức"]) {
    assert(isNick(name.normalize("NFC")), name);
    assert(isChannelName(`#${name}`.normalize("NFC")), name);
  }
});

Deno.test("casefold() maps names that are the same name to one", () => {
  const table: [name: string, folded: string][] = [
    ["", ""],
    ["Bob", "bob"],
    ["A[]\\~^Z", "a[]\\~^z"],
    ["ÄÖÜ", "äöü"],
    ["A\u0308", "ä"],
    ["İ", "i\u0307"],
    ["ı", "ı"],
    ["ß", "ß"],
    ["ẞ", "ß"],
    ["Ｂｏｂ１", "bob1"],
    ["\u212aelvin", "kelvin"],
    ["\u212b", "å"],
    ["ﬁ", "fi"],
    ["ſ", "s"],
    ["ǅ", "dž"],
    ["J\u030c", "ǰ"],
    ["Ελλ", "ελλ"],
    ["ΝΊΚΟΣ", "νίκοσ"],
    ["νίκος", "νίκοσ"],
    ["ШАХЛА", "шахла"],
    ["ｶﾞ", "ガ"],
    ["张三", "张三"],
    ["ไทย", "ไทย"],
    ["𐐀", "𐐨"],
  ];
  for (const [name, folded] of table) assertEquals(casefold(name), folded, name);
});

Deno.test("casefold() folds what is folded to itself, for every character", () => {
  for (let point = 0; point <= 0x10ffff; point++) {
    for (const name of [String.fromCodePoint(point), "a" + String.fromCodePoint(point)]) {
      const folded = casefold(name);
      if (casefold(folded) !== folded) assertEquals(casefold(folded), folded, `U+${point.toString(16)}`);
    }
  }
});

Deno.test("nameFault() says which character keeps a text from being a name, and what would do", () => {
  const table: [of: "nick" | "channel", name: string, why: string | undefined][] = [
    ["channel", "#茶馆", undefined],
    [
      "channel",
      "#❤️",
      "in it is a character that nobody sees (U+FE0F: whether the one before it is drawn as a picture); #❤ would do",
    ],
    ["channel", "#👨‍👩‍👧", "in it is a character that nobody sees (U+200D: it joins others); #👨👩👧 would do"],
    ["channel", "#tea\u202e", "in it is a character that nobody sees (U+202E: a direction of writing); #tea would do"],
    ["channel", "#h\u2800z", "in it is a character that nobody sees (U+2800); #hz would do"],
    ["channel", "#a b", "a space cannot be in it; #ab would do"],
    ["channel", "#a,b", ", cannot be in it; #ab would do"],
    ["channel", "#", "there is nothing in it"],
    ["channel", "#\u200b", "in it is a character that nobody sees (U+200B)"],
    ["channel", `#${"x".repeat(50)}`, "it is too long"],
    ["channel", "tea", "it has to begin with #"],
    ["nick", "bob", undefined],
    ["nick", "bob❤️", "❤ is neither a letter nor a digit nor one of -_[]\\`^{}|; bob would do"],
    ["nick", "b\u3164ob", "in it is a character that nobody sees (U+3164); bob would do"],
    ["nick", "2bob", "it cannot begin with 2; bob would do"],
    ["nick", "#bob", "# is neither a letter nor a digit nor one of -_[]\\`^{}|; bob would do"],
    ["nick", "b ob", "a space cannot be in it; b_ob would do"],
    ["nick", "Ms Chen", "a space cannot be in it; Ms_Chen would do"],
    ["nick", " Ms \u3000 Chen! ", "a space cannot be in it; Ms_Chen would do"],
    ["nick", "Ms. Chen", ". is neither a letter nor a digit nor one of -_[]\\`^{}|; Ms_Chen would do"],
    ["nick", "o wner", "a space cannot be in it; o_wner would do"],
    ["nick", "own\u200ber", "in it is a character that nobody sees (U+200B)"],
    ["nick", "System", "that name is kept for the room"],
    ["nick", "OWNER", "that name is kept for the room"],
    ["nick", "Ａdmin", "that name is kept for the room"],
    ["nick", "管理员", "that name is kept for the room"],
    ["nick", "owner2", undefined],
    ["channel", "#owner", undefined],
    ["channel", "#\u0301", "it cannot begin with \u0301"],
    ["channel", "#\u0301tea", "it cannot begin with \u0301; #tea would do"],
    ["nick", "", "there is nothing in it"],
    ["nick", "x".repeat(31), "it is too long"],
  ];
  for (const [of, name, why] of table) {
    const fault = nameFault(of, name);
    assertEquals(fault && explainFault(fault), why, name);
  }
});
