/**
 * The wire format that the server and the clients share: text to message and back, names and numerics. It has no input or
 * output and no runtime of its own, so it runs in Deno and in a browser alike.
 *
 * The format is IRC: RFC 1459, RFC 2812 section 2.3, IRCv3 message-tags, and the living document at modern.ircdocs.horse.
 * A message is one line of UTF-8: `[@tags] [:source] COMMAND params... [:trailing]`.
 *
 * In this order:
 *
 * - _Limits_: how long a line and a name may be.
 * - _Messages_: `parse` and `format`, tags, and sources (`nick!user@host`).
 * - _Lines_: `LineReader` cuts a stream of bytes into lines; how many bytes a text takes.
 * - _Times_: `parseTime`.
 * - _Names_: which nicks and channel names there are, and when two are the same.
 * - _Numerics_: `RPL_WELCOME` and all others, by number.
 *
 * @module
 */

// ---------------------------------------------------------------------------------------------------------------
// Limits

/** Bounds of the format. */
export const LIMITS = {
  /** A line without its tags, CR LF included (RFC 2812 section 2.3). Bytes. */
  lineBytes: 512,
  /** The tags that a client sends, with `@` and the space behind them (IRCv3 message-tags, "Size limit"). Bytes. */
  clientTagBytes: 4096,
  /** The tags that a server sends, with `@` and the space behind them (ibid.). Bytes. */
  serverTagBytes: 8191,
  /** A nick. Characters (code points). */
  nick: 30,
  /** A channel's name with its `#`. Characters (code points). */
  channel: 50,
} as const;

// ---------------------------------------------------------------------------------------------------------------
// Messages

/** A message. `parse` makes it from a line, and `format` makes a line from it. */
export interface Message {
  /** The tags' values by key, unescaped. A tag without a value has the value "" (IRCv3 message-tags: both mean the same). */
  tags: Record<string, string>;
  /** The sender, without the colon: `nick!user@host`, a nick, or a server's name. See `parseSource`. */
  source?: string;
  /** The name of a command, in the case in which it was written, or the three digits of a numeric. */
  command: string;
  /** The parameters in order. The last one may be a trailing parameter, which stands here without its colon. */
  params: string[];
}

/** What `format` takes: a message, of which all parts but the command may be left out. */
export interface MessageInit {
  tags?: Record<string, string> | undefined;
  source?: string | undefined;
  command: string;
  params?: string[] | undefined;
}

/** Thrown for a line or a message that the format does not allow. Its message reads "Cannot X: why". */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

// These would end a line early, or hide a part of it.
const FORBIDDEN = /[\0\r\n]/;
const COMMAND = /^(?:[A-Za-z][A-Za-z_]*|[0-9]{3})$/;

/** The tags of all lines that have none: making an object without a prototype for each costs as much as the rest of `parse`. */
const NO_TAGS: Record<string, string> = Object.freeze(Object.create(null));

/**
 * Reads one line (RFC 2812 section 2.3.1, IRCv3 message-tags).
 *
 * @param line A line without its line end, of any length.
 * @throws {ProtocolError} If the line holds CR, LF or NUL, has no command, or has a command that is neither a letter followed
 * by letters and `_` nor three digits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parse("@id=1 :bob!b@host PRIVMSG #tea :two words"), {
 *   tags: { id: "1" },
 *   source: "bob!b@host",
 *   command: "PRIVMSG",
 *   params: ["#tea", "two words"],
 * });
 * ```
 */
export function parse(line: string): Message {
  if (FORBIDDEN.test(line)) throw new ProtocolError("Cannot parse line: it holds CR, LF or NUL");
  let at = 0;
  let source: string | undefined;
  let tags = NO_TAGS;
  if (line.startsWith("@")) {
    // Without a prototype: a tag may be called "__proto__", and a tag that the line does not hold must not be found.
    tags = Object.create(null) as Record<string, string>;
    const end = wordEnd(line, 1);
    parseTags(line.slice(1, end), tags);
    at = skipSpaces(line, end);
  }
  if (line[at] === ":") {
    const end = wordEnd(line, at);
    // A colon alone names no source.
    source = line.slice(at + 1, end) || undefined;
    at = skipSpaces(line, end);
  }
  const end = wordEnd(line, at);
  const command = line.slice(at, end);
  if (command === "") throw new ProtocolError("Cannot parse line: it has no command");
  if (!COMMAND.test(command)) {
    throw new ProtocolError(`Cannot parse line: "${command.slice(0, 32)}" is no command`);
  }
  const params: string[] = [];
  for (at = skipSpaces(line, end); at < line.length;) {
    if (line[at] === ":") {
      params.push(line.slice(at + 1));
      break;
    }
    const next = wordEnd(line, at);
    params.push(line.slice(at, next));
    at = skipSpaces(line, next);
  }
  return source === undefined ? { tags, command, params } : { tags, source, command, params };
}

function wordEnd(line: string, from: number): number {
  const end = line.indexOf(" ", from);
  return end < 0 ? line.length : end;
}

function skipSpaces(line: string, from: number): number {
  while (line[from] === " ") from++;
  return from;
}

function parseTags(text: string, tags: Record<string, string>): void {
  for (const tag of text.split(";")) {
    const equals = tag.indexOf("=");
    const key = equals < 0 ? tag : tag.slice(0, equals);
    if (key !== "") tags[key] = equals < 0 ? "" : unescapeTag(tag.slice(equals + 1));
  }
}

/**
 * The commands whose last parameter is written with a colon even where none is needed. It is free text or a list of names,
 * and small bots split a line at " :". 353 is `RPL_NAMREPLY`.
 */
const TRAILING = new Set(["PRIVMSG", "NOTICE", "TOPIC", "QUIT", "KICK", "PING", "PONG", "ERROR", "353"]);

/**
 * Writes a message as a line, so that `parse` reads the same message.
 *
 * @param message Only its last parameter may be empty, hold a space or begin with a colon.
 * @returns The line without its line end. Its length is not checked; see `LIMITS`.
 * @throws {ProtocolError} If a part holds CR, LF or NUL, or would not be read back as that part.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(format({ command: "PRIVMSG", params: ["#tea", "hello"] }), "PRIVMSG #tea :hello");
 * ```
 */
export function format(message: MessageInit): string {
  const { tags, source, command, params = [] } = message;
  let line = tags === undefined ? "" : formatTags(tags);
  if (source !== undefined) {
    if (source === "" || source.includes(" ")) refuse("source", source);
    line += `:${source} `;
  }
  if (!COMMAND.test(command)) refuse("command", command);
  line += command;
  const last = params.length - 1;
  for (let i = 0; i < last; i++) {
    const param = params[i];
    if (param === "" || param[0] === ":" || param.includes(" ")) refuse("middle parameter", param);
    line += " " + param;
  }
  if (last >= 0) {
    const param = params[last];
    const colon = param === "" || param[0] === ":" || TRAILING.has(command) || param.includes(" ");
    line += (colon ? " :" : " ") + param;
  }
  if (FORBIDDEN.test(line)) throw new ProtocolError(`Cannot format ${command}: a part holds CR, LF or NUL`);
  return line;
}

function refuse(part: string, value: string): never {
  throw new ProtocolError(`Cannot format message: ${JSON.stringify(value)} is not allowed as ${part}`);
}

/**
 * Writes tags as they stand before a message.
 *
 * @returns `@key=value;key ` with the space at its end, or "" if there are no tags.
 * @throws {ProtocolError} If a tag holds NUL, or a key is empty or holds CR, LF, a space, `;` or `=`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatTags({ label: "1", "+typing": "" }), "@label=1;+typing ");
 * ```
 */
export function formatTags(tags: Record<string, string>): string {
  let text = "";
  for (const key in tags) {
    if (key === "" || /[\0\r\n ;=]/.test(key)) refuse("tag key", key);
    const value = tags[key];
    text += (text === "" ? "@" : ";") + (value === "" ? key : `${key}=${escapeTag(value)}`);
  }
  if (FORBIDDEN.test(text)) throw new ProtocolError("Cannot format tags: one holds CR, LF or NUL");
  return text === "" ? "" : text + " ";
}

const ESCAPES: Record<string, string> = { ";": "\\:", " ": "\\s", "\\": "\\\\", "\r": "\\r", "\n": "\\n" };
const UNESCAPES: Record<string, string> = { ":": ";", s: " ", "\\": "\\", r: "\r", n: "\n" };

/**
 * Escapes the value of a tag (IRCv3 message-tags, "Escaping values").
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(escapeTag("a; b"), "a\\:\\sb");
 * ```
 */
export function escapeTag(value: string): string {
  return value.replace(/[; \\\r\n]/g, (c) => ESCAPES[c]);
}

/**
 * Unescapes the value of a tag (ibid.). A backslash that escapes nothing is dropped.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unescapeTag("a\\:\\sb\\"), "a; b");
 * ```
 */
export function unescapeTag(value: string): string {
  return value.includes("\\") ? value.replace(/\\(.?)/gsu, (_, c: string) => UNESCAPES[c] ?? c) : value;
}

/** The parts of a message's source (RFC 2812 section 2.3.1, `prefix`). */
export interface Source {
  /** A person's nick, or a server's name. */
  nick: string;
  user?: string;
  host?: string;
}

/**
 * Splits a source into its parts. Any text is taken; parts that it does not have are left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseSource("bob!b@host"), { nick: "bob", user: "b", host: "host" });
 * assertEquals(parseSource("tea.example"), { nick: "tea.example" });
 * ```
 */
export function parseSource(source: string): Source {
  const parts: Source = { nick: source };
  const at = source.indexOf("@");
  if (at >= 0) {
    parts.nick = source.slice(0, at);
    parts.host = source.slice(at + 1);
  }
  const bang = parts.nick.indexOf("!");
  if (bang >= 0) {
    parts.user = parts.nick.slice(bang + 1);
    parts.nick = parts.nick.slice(0, bang);
  }
  return parts;
}

/**
 * Returns a copy of a text that keeps nothing else in memory. What is cut out of a line keeps the whole line alive, as long
 * as it is kept itself.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const { params } = parse("PRIVMSG #tea :a long text");
 * assertEquals(detached(params[0]), "#tea");
 * ```
 */
export function detached(text: string): string {
  return (text + "\0").slice(0, -1);
}

// ---------------------------------------------------------------------------------------------------------------
// Lines

const encoder = new TextEncoder();

const NON_ASCII = /[^\0-\x7f]/;

/**
 * Returns how many bytes a text takes in UTF-8. Half of a surrogate pair alone takes 3.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(byteLength("茶!"), 4);
 * ```
 */
export function byteLength(text: string): number {
  if (!NON_ASCII.test(text)) return text.length;
  // Counted without encoding, which would allocate: lists of thousands of names are measured name by name.
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff && !isPair(text, i, unit) ? 2 : 1;
  }
  return bytes;
}

/** Whether the UTF-16 unit at `i` is one half of a surrogate pair. Both halves together take 4 bytes. */
function isPair(text: string, i: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdfff) return false;
  const other = unit < 0xdc00 ? text.charCodeAt(i + 1) : text.charCodeAt(i - 1);
  return unit < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other < 0xdc00;
}

/**
 * Whether a text takes at most `bytes` bytes in UTF-8.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(fits("茶", 3) && !fits("茶!", 3));
 * ```
 */
export function fits(text: string, bytes: number): boolean {
  // A UTF-16 unit takes 3 bytes at most, so most texts need no counting.
  return text.length * 3 <= bytes || byteLength(text) <= bytes;
}

/**
 * Cuts a text at its end so that it takes at most `bytes` bytes in UTF-8. No character is cut in two.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fit("a茶b", 3), "a");
 * ```
 */
export function fit(text: string, bytes: number): string {
  return fits(text, bytes) ? text : text.slice(0, encoder.encodeInto(text, new Uint8Array(bytes)).read);
}

/** Why a line was dropped. */
export type LineFault = "too long" | "not UTF-8";

/** What `LineReader` yields in place of a line that it dropped. */
export class LineError extends ProtocolError {
  override name = "LineError";
  readonly fault: LineFault;
  /** The line's command, if it can be read. */
  readonly command: string | undefined;
  /** The label with which the sender expects the answer (IRCv3 labeled-response), if there is one that can be read. */
  readonly label: string | undefined;

  /** @param line The line or its first part, whatever it holds. */
  constructor(fault: LineFault, line: string) {
    super(`Cannot read line: it is ${fault}`);
    this.fault = fault;
    try {
      const { command, tags } = parse(line);
      this.command = command;
      this.label = tags.label;
    } catch {
      // Such a line has neither.
    }
  }
}

const LF = 10, CR = 13, AT = 64, SPACE = 32;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder();

/**
 * Cuts a stream of bytes into lines. LF or CR LF ends a line; empty lines are left out. Bytes are cut before they are decoded,
 * so a character that is split over two reads arrives whole.
 *
 * Between two reads it keeps at most `tagBytes + bodyBytes` bytes: the rest of a longer line is dropped as it comes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const reader = new LineReader();
 * const bytes = new TextEncoder().encode("PING 1\r\nPING 茶\r\nPI");
 * assertEquals([...reader.push(bytes)], ["PING 1", "PING 茶"]);
 * ```
 */
export class LineReader {
  readonly #tagBytes: number;
  readonly #bodyBytes: number;
  /** A buffer whose first `#length` bytes are the unfinished line. */
  #unfinished = new Uint8Array(0);
  #length = 0;
  /** Whether the rest of a line that is too long is being dropped. */
  #isSkipping = false;

  /**
   * @param tagBytes The most bytes of a line's tags, with `@` and the space behind them.
   * @param bodyBytes The most bytes of the rest of a line, CR LF included.
   */
  constructor(tagBytes: number = LIMITS.clientTagBytes, bodyBytes: number = LIMITS.lineBytes) {
    this.#tagBytes = tagBytes;
    this.#bodyBytes = bodyBytes - 2;
  }

  /** How many bytes of the unfinished line are kept. */
  get pending(): number {
    return this.#length;
  }

  /**
   * Takes the next bytes and yields the lines that they complete, without their ends. In place of a line that is too long
   * or not UTF-8 it yields a `LineError`. Iterate to the end before `chunk` is overwritten and before the next call.
   */
  *push(chunk: Uint8Array): Generator<string | LineError, void, undefined> {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; from = end + 1, end = chunk.indexOf(LF, from)) {
      if (this.#isSkipping) {
        this.#isSkipping = false;
        continue;
      }
      let line: string | LineError;
      if (this.#length === 0) line = this.#decode(chunk.subarray(from, end));
      else if (this.#append(chunk.subarray(from, end))) {
        line = this.#decode(this.#unfinished.subarray(0, this.#length));
        this.#length = 0;
      } else line = this.#refuse(chunk.subarray(from, end));
      if (line !== "") yield line;
    }
    if (from < chunk.length && !this.#isSkipping && !this.#append(chunk.subarray(from))) {
      this.#isSkipping = true;
      yield this.#refuse(chunk.subarray(from));
    }
  }

  /** Forgets the unfinished line, which these bytes make too long, and returns the error that says so. */
  #refuse(bytes: Uint8Array): LineError {
    const most = this.#tagBytes + this.#bodyBytes;
    const start = new Uint8Array(most);
    const kept = this.#unfinished.subarray(0, Math.min(this.#length, most));
    start.set(kept);
    start.set(bytes.subarray(0, most - kept.length), kept.length);
    this.#length = 0;
    this.#unfinished = new Uint8Array(0);
    return new LineError("too long", lenientDecoder.decode(start.subarray(0, kept.length + bytes.length)));
  }

  /** Appends to the unfinished line. Returns false, and appends nothing, if the line would be too long. */
  #append(bytes: Uint8Array): boolean {
    const length = this.#length + bytes.length;
    // One more for CR.
    if (length > this.#tagBytes + this.#bodyBytes + 1) return false;
    if (length > this.#unfinished.length) {
      const grown = new Uint8Array(Math.max(64, length * 2));
      grown.set(this.#unfinished.subarray(0, this.#length));
      this.#unfinished = grown;
    }
    this.#unfinished.set(bytes, this.#length);
    this.#length = length;
    return true;
  }

  /** Decodes a line without LF, or returns why it is dropped. */
  #decode(bytes: Uint8Array): string | LineError {
    const end = bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length;
    const tags = bytes[0] === AT ? (bytes.indexOf(SPACE) + 1 || end) : 0;
    const isTooLong = tags > this.#tagBytes || end - tags > this.#bodyBytes;
    try {
      if (!isTooLong) return decoder.decode(bytes.subarray(0, end));
    } catch {
      // It is not UTF-8.
    }
    return new LineError(isTooLong ? "too long" : "not UTF-8", lenientDecoder.decode(bytes.subarray(0, end)));
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Times

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;

/**
 * Reads a time as IRCv3 server-time writes it: UTC, `YYYY-MM-DDThh:mm:ss.sssZ`. The fraction may be left out, or have up to
 * nine digits. `Date.prototype.toISOString` writes this form.
 *
 * @returns Milliseconds since 1970, negative for an earlier time; undefined if the text has another form or there is no
 * such time.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseTime("2026-01-01T00:00:00.000Z"), 1767225600000);
 * assertEquals(parseTime("2026-13-01T00:00:00.000Z"), undefined);
 * ```
 */
export function parseTime(text: string): number | undefined {
  const time = TIME.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

// ---------------------------------------------------------------------------------------------------------------
// Names

/**
 * Returns the form in which names are compared: two names are the same if these are equal. It is NFKC and lower case; for
 * ASCII this is `CASEMAPPING=ascii` (modern.ircdocs.horse/#casemapping-parameter).
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(casefold("Straße") === casefold("STRASSE".replace("SS", "ß")));
 * assert(casefold("Ｂｏｂ") === casefold("bob"));
 * ```
 */
export function casefold(name: string): string {
  // The common case.
  if (!NON_ASCII.test(name)) return name.toLowerCase();
  // Lower case can undo NFKC (there is a ǰ, but no such capital), so NFKC is applied again. Lower case also turns a sigma
  // at the end of a word into ς: a name's folded beginning would then depend on what follows it.
  return name.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

const NICK = /^(?![\d\-\p{M}])[\p{L}\p{M}\p{Nd}\-_[\]\\`^{}|]+$/u;
// A mark would stand on the `#`, and alone it would draw no name.
const CHANNEL = /^#(?!\p{M})[^\s,\p{C}\p{Z}]+$/u;
// Invisible letters and marks (Hangul fillers, variation selectors) would make two names look alike. Some of them lack the
// Unicode property: the empty Braille cell and musical note, the blanks of Egyptian hieroglyphs, the Khitan filler, the
// joiners of Tifinagh and Brahmi, the place of an object, and viramas, which are seen only by how they join the letter behind
// them (the Invisible_Stacker of Unicode's IndicSyllabicCategory.txt).
const INVISIBLE =
  /\p{Default_Ignorable_Code_Point}|[\u2800\u2d7f\ufffc\u{1107f}\u{13441}\u{13442}\u{16fe4}\u{1d159}]|[\u1039\u17d2\u1a60\u1bab\uaaf6\u{10a3f}\u{11133}\u{113d0}\u{1193e}\u{11a47}\u{11a99}\u{11d45}\u{11d97}\u{11f42}](?!\p{L})/u;

const EMPTY = new RegExp(`[\\p{Cc}\\p{Cs}\\p{Z}\\ufff9-\\ufffb]|${INVISIBLE.source}`, "gu");
// deno-lint-ignore no-control-regex -- they are IRC's characters for colours
const COLOURS = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6}(?:,[\da-f]{6})?)?/gi;

/**
 * Removes IRC's colours from a text (modern.ircdocs.horse/formatting): U+0003 and U+0004, and the digits behind them.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(withoutColours("\x0304,01red\x03 tea"), "red tea");
 * ```
 */
export function withoutColours(text: string): string {
  return text.replace(COLOURS, "");
}

/**
 * Whether a text draws nothing: it is empty, or consists of spaces, controls and invisible characters.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isBlank(" \u200b\u2800") && isBlank("\x02\x034") && !isBlank("☕️"));
 * ```
 */
export function isBlank(text: string): boolean {
  return withoutColours(text).replace(EMPTY, "") === "";
}

/**
 * Returns the text, or ␣ (U+2423) in place of a text that draws nothing.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(visible("tea"), "tea");
 * assertEquals(visible("\u200b"), "␣");
 * ```
 */
export function visible(text: string): string {
  return isBlank(text) ? "\u2423" : text;
}

/** The number of code points. */
function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether a name has at most so many characters, and is at most twice as long when folded: U+FDFA alone folds to 18. */
function isShort(name: string, most: number): boolean {
  return lengthOf(name) <= most && casefold(name).length <= 2 * most;
}

/**
 * Nicks that nobody can have, folded, since people would take what such a person says for the words of the server or of
 * whoever runs it. The Chinese ones are those by which the clients call the same.
 */
export const RESERVED_NICKS: ReadonlySet<string> = new Set([
  "server",
  "system",
  "owner",
  "operator",
  "admin",
  "administrator",
  "moderator",
  "services",
  "服务器",
  "系统",
  "房主",
  "管理员",
]);

/**
 * Whether a text is a nick: 1 to 30 characters, which are visible letters, marks and digits of any script and
 * ``-_[]\`^{}|``. The first is no ASCII digit, `-` or mark. The text is in NFC, and none of `RESERVED_NICKS`.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isNick("张三") && isNick("bob_2") && !isNick("2bob") && !isNick("a b"));
 * ```
 */
export function isNick(name: string): boolean {
  return NICK.test(name) && !INVISIBLE.test(name) && isShort(name, LIMITS.nick) && name === name.normalize("NFC") &&
    !RESERVED_NICKS.has(casefold(name)) && !/\s/.test(casefold(name));
}

/**
 * Whether a text is a channel's name: `#` and 1 to 49 characters, none of which is a space, a comma, a control or another
 * invisible character. The first of them is no mark. The text is in NFC.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(isChannelName("#茶馆") && !isChannelName("tea") && !isChannelName("#a,b"));
 * ```
 */
export function isChannelName(name: string): boolean {
  return CHANNEL.test(name) && !INVISIBLE.test(name) && isShort(name, LIMITS.channel) &&
    name === name.normalize("NFC");
}

/** Why a text is not a nick or not a channel's name. */
export interface NameFault {
  /**
   * The first row: it is empty, too long, or reserved for the server; it must begin with `sign` (`prefix`), or must not
   * (`first`); `sign` is allowed in no nick (`letter`), or in no channel's name (`sign`).
   *
   * The second row: `sign` is an invisible character, by its purpose.
   */
  kind:
    | ("empty" | "long" | "reserved" | "prefix" | "first" | "letter" | "sign")
    | ("space" | "picture" | "joiner" | "direction" | "unseen");
  /** The character at fault, or "". */
  sign: string;
  /** The text without such characters, if that is a name. */
  instead?: string;
}

const NOT_IN_NICK = /[^\p{L}\p{M}\p{Nd}\-_[\]\\`^{}|]/u;
const NOT_IN_CHANNEL = /[\s,\p{C}\p{Z}]/u;

/** Invisible characters by their purpose. The first match counts. */
const UNSEEN: [kind: NameFault["kind"], signs: RegExp][] = [
  ["space", /^[\s\p{Z}]/u],
  ["picture", /^[\ufe0e\ufe0f]/],
  ["joiner", /^[\u200c\u200d]/],
  ["direction", /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/],
  ["unseen", /^[\p{C}\p{Default_Ignorable_Code_Point}]/u],
];

/**
 * Finds out why a text is not a nick, or not a channel's name.
 *
 * @param name The text in NFC; for a channel with its `#`.
 * @returns The first fault, or undefined if the text is such a name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nameFault("channel", "#❤️"), { kind: "picture", sign: "\ufe0f", instead: "#❤" });
 * ```
 */
export function nameFault(of: "nick" | "channel", name: string): NameFault | undefined {
  const [isName, forbidden, prefix, most] = of === "nick"
    ? [isNick, NOT_IN_NICK, "", LIMITS.nick] as const
    : [isChannelName, NOT_IN_CHANNEL, "#", LIMITS.channel - 1] as const;
  if (isName(name)) return undefined;
  if (!name.startsWith(prefix)) return { kind: "prefix", sign: prefix };
  const rest = name.slice(prefix.length);
  if (rest === "") return { kind: "empty", sign: "" };
  const fault = (kind: NameFault["kind"], sign: string, remaining: string): NameFault =>
    isName(prefix + remaining) ? { kind, sign, instead: prefix + remaining } : { kind, sign };
  const [sign] = forbidden.exec(rest) ?? INVISIBLE.exec(rest) ?? [];
  if (sign !== undefined) {
    const otherKind = INVISIBLE.test(sign) ? "unseen" : of === "nick" ? "letter" : "sign";
    const kind = UNSEEN.find(([, signs]) => signs.test(sign))?.[0] ?? otherKind;
    // "Ms Chen" is well read as Ms_Chen.
    const words = of === "nick" ? rest.trim().replace(/[\s\p{Z}]+/gu, "_") : rest;
    return fault(kind, sign, [...words].filter((one) => !forbidden.test(one) && !INVISIBLE.test(one)).join(""));
  }
  if (!isShort(rest, most)) return { kind: "long", sign: "" };
  if (of === "nick" && RESERVED_NICKS.has(casefold(rest))) return { kind: "reserved", sign: "" };
  const spaced = of === "nick" ? [...rest].find((one) => /\s/.test(casefold(one))) : undefined;
  if (spaced !== undefined) return fault("letter", spaced, rest.replaceAll(spaced, ""));
  const [first] = rest;
  return fault("first", first, rest.slice(first.length));
}

const unseenSign = (sign: string) =>
  `in it is a character that nobody sees (U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

const NAME_FAULTS: Record<NameFault["kind"], (sign: string) => string> = {
  empty: () => "there is nothing in it",
  long: () => "it is too long",
  reserved: () => "that name is kept for the room",
  prefix: (sign) => `it has to begin with ${sign}`,
  first: (sign) => `it cannot begin with ${sign}`,
  letter: (sign) => `${sign} is neither a letter nor a digit nor one of -_[]\\\`^{}|`,
  sign: (sign) => `${sign} cannot be in it`,
  space: () => "a space cannot be in it",
  picture: (sign) => `${unseenSign(sign)}: whether the one before it is drawn as a picture)`,
  joiner: (sign) => `${unseenSign(sign)}: it joins others)`,
  direction: (sign) => `${unseenSign(sign)}: a direction of writing)`,
  unseen: (sign) => `${unseenSign(sign)})`,
};

/**
 * Returns a fault as a clause in English.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(explainFault(nameFault("nick", "2bob")!), "it cannot begin with 2; bob would do");
 * ```
 */
export function explainFault({ kind, sign, instead }: NameFault): string {
  return NAME_FAULTS[kind](sign) + (instead === undefined ? "" : `; ${instead} would do`);
}

// ---------------------------------------------------------------------------------------------------------------
// Numerics, in the order of their numbers. The names are those of RFC 2812 section 5 and modern.ircdocs.horse/#numerics, of
// IRCv3 (730 to 734 monitor, 760 to 775 metadata, 900 to 908 sasl), or of the servers that use them.

export const RPL_WELCOME = "001";
export const RPL_YOURHOST = "002";
export const RPL_CREATED = "003";
export const RPL_MYINFO = "004";
export const RPL_ISUPPORT = "005";
export const RPL_YOURID = "042";
export const RPL_ENDOFSTATS = "219";
export const RPL_UMODEIS = "221";
export const RPL_STATSGLINE = "223";
export const RPL_STATSUPTIME = "242";
export const RPL_STATSCONN = "250";
export const RPL_LUSERCLIENT = "251";
export const RPL_LUSEROP = "252";
export const RPL_LUSERUNKNOWN = "253";
export const RPL_LUSERCHANNELS = "254";
export const RPL_LUSERME = "255";
export const RPL_LOCALUSERS = "265";
export const RPL_GLOBALUSERS = "266";
export const RPL_AWAY = "301";
export const RPL_USERHOST = "302";
export const RPL_ISON = "303";
export const RPL_UNAWAY = "305";
export const RPL_NOWAWAY = "306";
export const RPL_WHOISUSER = "311";
export const RPL_WHOISSERVER = "312";
export const RPL_WHOISOPERATOR = "313";
export const RPL_WHOWASUSER = "314";
export const RPL_ENDOFWHO = "315";
export const RPL_WHOISIDLE = "317";
export const RPL_ENDOFWHOIS = "318";
export const RPL_WHOISCHANNELS = "319";
export const RPL_LISTSTART = "321";
export const RPL_LIST = "322";
export const RPL_LISTEND = "323";
export const RPL_CHANNELMODEIS = "324";
export const RPL_CREATIONTIME = "329";
export const RPL_WHOISACCOUNT = "330";
export const RPL_NOTOPIC = "331";
export const RPL_TOPIC = "332";
export const RPL_TOPICWHOTIME = "333";
export const RPL_WHOISBOT = "335";
export const RPL_INVITELIST = "336";
export const RPL_ENDOFINVITELIST = "337";
export const RPL_WHOISACTUALLY = "338";
export const RPL_INVITING = "341";
export const RPL_INVEXLIST = "346";
export const RPL_ENDOFINVEXLIST = "347";
export const RPL_EXCEPTLIST = "348";
export const RPL_ENDOFEXCEPTLIST = "349";
export const RPL_VERSION = "351";
export const RPL_WHOREPLY = "352";
export const RPL_NAMREPLY = "353";
export const RPL_WHOSPCRPL = "354";
export const RPL_ENDOFLINKS = "365";
export const RPL_ENDOFNAMES = "366";
export const RPL_BANLIST = "367";
export const RPL_ENDOFBANLIST = "368";
export const RPL_ENDOFWHOWAS = "369";
export const RPL_INFO = "371";
export const RPL_MOTD = "372";
export const RPL_ENDOFINFO = "374";
export const RPL_MOTDSTART = "375";
export const RPL_ENDOFMOTD = "376";
export const RPL_WHOISHOST = "378";
export const RPL_WHOISMODES = "379";
export const RPL_YOUREOPER = "381";
export const RPL_TIME = "391";
export const RPL_VISIBLEHOST = "396";
export const ERR_NOSUCHNICK = "401";
export const ERR_NOSUCHSERVER = "402";
export const ERR_NOSUCHCHANNEL = "403";
export const ERR_CANNOTSENDTOCHAN = "404";
export const ERR_TOOMANYCHANNELS = "405";
export const ERR_WASNOSUCHNICK = "406";
export const ERR_TOOMANYTARGETS = "407";
export const ERR_NOORIGIN = "409";
export const ERR_INVALIDCAPCMD = "410";
export const ERR_NORECIPIENT = "411";
export const ERR_NOTEXTTOSEND = "412";
export const ERR_INPUTTOOLONG = "417";
export const ERR_UNKNOWNCOMMAND = "421";
export const ERR_NOMOTD = "422";
export const ERR_NOADMININFO = "423";
export const ERR_NONICKNAMEGIVEN = "431";
export const ERR_ERRONEUSNICKNAME = "432";
export const ERR_NICKNAMEINUSE = "433";
export const ERR_BANNICKCHANGE = "435";
export const ERR_NICKCOLLISION = "436";
export const ERR_UNAVAILRESOURCE = "437";
export const ERR_USERNOTINCHANNEL = "441";
export const ERR_NOTONCHANNEL = "442";
export const ERR_USERONCHANNEL = "443";
export const ERR_SUMMONDISABLED = "445";
export const ERR_USERSDISABLED = "446";
export const ERR_NOTREGISTERED = "451";
export const ERR_NEEDMOREPARAMS = "461";
export const ERR_ALREADYREGISTERED = "462";
export const ERR_NOPERMFORHOST = "463";
export const ERR_PASSWDMISMATCH = "464";
export const ERR_YOUREBANNEDCREEP = "465";
export const ERR_CHANNELISFULL = "471";
export const ERR_UNKNOWNMODE = "472";
export const ERR_INVITEONLYCHAN = "473";
export const ERR_BANNEDFROMCHAN = "474";
export const ERR_BADCHANNELKEY = "475";
export const ERR_BADCHANMASK = "476";
export const ERR_BANLISTFULL = "478";
export const ERR_NOPRIVILEGES = "481";
export const ERR_CHANOPRIVSNEEDED = "482";
export const ERR_CANTKILLSERVER = "483";
export const ERR_NOOPERHOST = "491";
export const ERR_UMODEUNKNOWNFLAG = "501";
export const ERR_USERSDONTMATCH = "502";
export const ERR_HELPNOTFOUND = "524";
export const ERR_INVALIDKEY = "525";
export const RPL_WHOISSECURE = "671";
export const ERR_INVALIDMODEPARAM = "696";
export const RPL_HELPSTART = "704";
export const RPL_HELPTXT = "705";
export const RPL_ENDOFHELP = "706";
export const RPL_MONONLINE = "730";
export const RPL_MONOFFLINE = "731";
export const RPL_MONLIST = "732";
export const RPL_ENDOFMONLIST = "733";
export const ERR_MONLISTFULL = "734";
export const RPL_WHOISKEYVALUE = "760";
export const RPL_KEYVALUE = "761";
export const RPL_KEYNOTSET = "766";
export const RPL_METADATASUBOK = "770";
export const RPL_METADATAUNSUBOK = "771";
export const RPL_METADATASUBS = "772";
export const RPL_METADATASYNCLATER = "774";
export const ERR_METADATARATELIMIT = "775";
export const RPL_LOGGEDIN = "900";
export const RPL_LOGGEDOUT = "901";
export const ERR_NICKLOCKED = "902";
export const RPL_SASLSUCCESS = "903";
export const ERR_SASLFAIL = "904";
export const ERR_SASLTOOLONG = "905";
export const ERR_SASLABORTED = "906";
export const ERR_SASLALREADY = "907";
export const RPL_SASLMECHS = "908";
