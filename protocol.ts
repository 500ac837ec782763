/**
 * The wire format that server and clients share: pure text <-> message, with no input or output and no
 * runtime of its own, so that it runs in Deno and in a browser alike. It must not know sockets, sessions or state.
 *
 * The format is IRC: RFC 1459 and RFC 2812 section 2.3, IRCv3 message tags, and the living document at
 * modern.ircdocs.horse. One message a line, UTF-8: `[@tags] [:source] COMMAND params... [:trailing]`.
 *
 * @module
 */

/** One message. `parse` makes it from a line and `format` makes a line from it. */
export interface Message {
  /** Tags by key, values unescaped; a tag without a value holds "" (IRCv3 message-tags: both mean the same). */
  tags: Record<string, string>;
  /** Who it is from, without the colon: `nick!user@host`, a nick, or a server's name. */
  source?: string;
  /** A command's name as it was written, or a numeric's three digits. */
  command: string;
  /** The parameters in order; a trailing one is the last, without its colon. */
  params: string[];
}

/** What `format` takes: a message whose empty parts may be left out. */
export interface MessageInit {
  tags?: Record<string, string> | undefined;
  source?: string | undefined;
  command: string;
  params?: string[] | undefined;
}

/** Bounds of the format, in the unit that each name or comment says. */
export const LIMITS = {
  /** A line without its tags, in bytes, CR LF included (RFC 2812 section 2.3). */
  lineBytes: 512,
  /** A client's own tags, in bytes, `@` and the space after them included (IRCv3 message-tags, "Size limit"). */
  clientTagBytes: 4096,
  /** All tags of a message that a server sends, in bytes, `@` and space included. */
  serverTagBytes: 8191,
  /** A nick, in characters (code points). */
  nick: 30,
  /** A channel's name, in characters, `#` included. */
  channel: 50,
} as const;

/** A line or a message that the format does not allow; the message reads "Cannot X: why". */
export class ProtocolError extends Error {
  override name = "ProtocolError";
}

// ---------------------------------------------------------------------------------------------------------------
// Messages

// What would end a line early or hide a part of it.
const FORBIDDEN = /[\0\r\n]/;
const COMMAND = /^(?:[A-Za-z][A-Za-z_]*|[0-9]{3})$/;

/**
 * The same text, as one that holds nothing else in memory: what is cut out of a line would keep the whole line as long as it
 * is kept itself.
 */
export function detached(text: string): string {
  return (text + "\0").slice(0, -1);
}

/**
 * Reads one line (RFC 2812 section 2.3.1, IRCv3 message-tags).
 *
 * @param line A line without its line end.
 * @returns The message; its command keeps the case in which it was written.
 * @throws {ProtocolError} If the line holds CR, LF or NUL, or has no command, or one that is neither letters and `_` nor three digits.
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
  // No prototype: a tag may be called "__proto__", and one that the line does not hold must not be found.
  const tags: Record<string, string> = Object.create(null);
  if (line.startsWith("@")) {
    const end = wordEnd(line, 1);
    parseTags(line.slice(1, end), tags);
    at = skipSpaces(line, end);
  }
  if (line[at] === ":") {
    const end = wordEnd(line, at);
    // A colon alone is no source.
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
 * Commands whose last parameter always takes a colon, needed or not: it is free text (or a list of names), and
 * small bots that split a line at " :" rely on that.
 */
const TRAILING = new Set(["PRIVMSG", "NOTICE", "TOPIC", "QUIT", "KICK", "PING", "PONG", "ERROR", "353"]);

/**
 * Writes one message as a line; the reverse of `parse`.
 *
 * @param message What to write. Only the last parameter may be empty, hold a space or begin with a colon.
 * @returns The line without its line end. Its length is not checked: `LIMITS` says what a peer takes.
 * @throws {ProtocolError} If a part holds CR, LF or NUL, or could not be read back as that part.
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
 * @returns `@key=value;key ` with the space at its end, or nothing where there are no tags.
 * @throws {ProtocolError} If a key could not be read back.
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
 * Escapes a tag's value (IRCv3 message-tags, "Escaping values").
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
 * Reads an escaped tag value; a backslash that escapes nothing is dropped, as the specification says.
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

/** A message's source in its parts (RFC 2812 section 2.3.1, `prefix`). */
export interface Source {
  /** The nick, or the name of a server. */
  nick: string;
  user?: string;
  host?: string;
}

/**
 * Splits a source.
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

// ---------------------------------------------------------------------------------------------------------------
// Lines

const encoder = new TextEncoder();

/**
 * How many bytes a text takes in UTF-8.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(byteLength("茶!"), 4);
 * ```
 */
export function byteLength(text: string): number {
  // By hand, since encoding would allocate: a list of names asks for each of them.
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff && !isPair(text, i, unit) ? 2 : 1;
  }
  return bytes;
}

/** Whether the UTF-16 unit at `i` is half of a surrogate pair: the two take 4 bytes together. */
function isPair(text: string, i: number, unit: number): boolean {
  if (unit < 0xd800 || unit > 0xdfff) return false;
  const other = unit < 0xdc00 ? text.charCodeAt(i + 1) : text.charCodeAt(i - 1);
  return unit < 0xdc00 ? other >= 0xdc00 && other <= 0xdfff : other >= 0xd800 && other < 0xdc00;
}

/**
 * Whether a text takes at most so many bytes in UTF-8.
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
 * A text, cut at its end between two characters where it takes more than `bytes` bytes.
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

/** A line that `LineReader` dropped. */
export class LineError extends ProtocolError {
  override name = "LineError";
  readonly fault: LineFault;
  /** The line's command, where that can be read. */
  readonly command: string | undefined;
  /** The label by which its sender waits for an answer (IRCv3 labeled-response), where that can be read. */
  readonly label: string | undefined;

  /** @param line The line, or the first part of it, whatever it holds. */
  constructor(fault: LineFault, line: string) {
    super(`Cannot read line: it is ${fault}`);
    this.fault = fault;
    try {
      const { command, tags } = parse(line);
      this.command = command;
      this.label = tags.label;
    } catch {
      // Then it has no answer of its own.
    }
  }
}

const LF = 10, CR = 13, AT = 64, SPACE = 32;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder();

/**
 * Cuts a stream of bytes into lines. LF or CR LF ends a line; empty lines are passed over. Bytes are cut before they are
 * decoded, so a character that two reads share arrives whole. What it keeps between reads never exceeds the two
 * bounds together: the rest of a longer line is skipped as it comes.
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
  #partial = new Uint8Array(0);
  #length = 0;
  #skipping = false;

  /**
   * @param tagBytes Most bytes of a line's tags, `@` and the space after them included.
   * @param bodyBytes Most bytes of the rest, CR LF included.
   */
  constructor(tagBytes: number = LIMITS.clientTagBytes, bodyBytes: number = LIMITS.lineBytes) {
    this.#tagBytes = tagBytes;
    this.#bodyBytes = bodyBytes - 2;
  }

  /** How many bytes of a line without its end are kept, 0 up to the two bounds together. */
  get pending(): number {
    return this.#length;
  }

  /**
   * Takes the next bytes and gives the lines that they complete, without their ends; a line that was dropped is given
   * as a `LineError` in its place. Run it to its end before `chunk` is reused and before the next call.
   */
  *push(chunk: Uint8Array): Generator<string | LineError, void, undefined> {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; from = end + 1, end = chunk.indexOf(LF, from)) {
      if (this.#skipping) {
        this.#skipping = false;
        continue;
      }
      let line: string | LineError;
      if (this.#length === 0) line = this.#decode(chunk.subarray(from, end));
      else if (this.#keep(chunk.subarray(from, end))) {
        line = this.#decode(this.#partial.subarray(0, this.#length));
        this.#length = 0;
      } else line = this.#tooLong(chunk.subarray(from, end));
      if (line !== "") yield line;
    }
    if (from < chunk.length && !this.#skipping && !this.#keep(chunk.subarray(from))) {
      this.#skipping = true;
      yield this.#tooLong(chunk.subarray(from));
    }
  }

  /** Forgets the unfinished line, and says that it is too long with these bytes. */
  #tooLong(bytes: Uint8Array): LineError {
    const most = this.#tagBytes + this.#bodyBytes;
    const begun = new Uint8Array(most);
    const kept = this.#partial.subarray(0, Math.min(this.#length, most));
    begun.set(kept);
    begun.set(bytes.subarray(0, most - kept.length), kept.length);
    this.#length = 0;
    this.#partial = new Uint8Array(0);
    return new LineError("too long", lenientDecoder.decode(begun.subarray(0, kept.length + bytes.length)));
  }

  /** Adds to the unfinished line; false where that would be too long. */
  #keep(bytes: Uint8Array): boolean {
    const length = this.#length + bytes.length;
    if (length > this.#tagBytes + this.#bodyBytes + 1) return false;
    if (length > this.#partial.length) {
      const grown = new Uint8Array(Math.max(64, length * 2));
      grown.set(this.#partial.subarray(0, this.#length));
      this.#partial = grown;
    }
    this.#partial.set(bytes, this.#length);
    this.#length = length;
    return true;
  }

  /** The line in these bytes, or why it is dropped. */
  #decode(bytes: Uint8Array): string | LineError {
    const end = bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length;
    const tags = bytes[0] === AT ? (bytes.indexOf(SPACE) + 1 || end) : 0;
    const isLong = tags > this.#tagBytes || end - tags > this.#bodyBytes;
    try {
      if (!isLong) return decoder.decode(bytes.subarray(0, end));
    } catch {
      // It is not UTF-8.
    }
    return new LineError(isLong ? "too long" : "not UTF-8", lenientDecoder.decode(bytes.subarray(0, end)));
  }
}

// ---------------------------------------------------------------------------------------------------------------
// Names

/**
 * A name in the form in which names are compared: NFKC and lower case. For ASCII this is `CASEMAPPING=ascii`.
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
  // The common case: all of it is ASCII.
  if (/^[\0-\x7f]*$/.test(name)) return name.toLowerCase();
  // Lower case can undo NFKC (there is a ǰ and no such capital), so NFKC comes again; and it writes a sigma at the end
  // of a word as ς, so that what a name begins with would depend on what follows.
  return name.normalize("NFKC").toLowerCase().replaceAll("ς", "σ").normalize("NFKC");
}

const NICK = /^(?![\d\-\p{M}])[\p{L}\p{M}\p{Nd}\-_[\]\\`^{}|]+$/u;
const CHANNEL = /^#[^\s,\p{C}\p{Z}]+$/u;
// Letters and marks that nobody sees (Hangul fillers, variation selectors) would make two names look alike. Some that draw
// nothing don't have that property: a Braille cell and a musical note that are empty, blanks of Egyptian hieroglyphs, the
// filler of Khitan, joiners of Tifinagh and Brahmi; and viramas that only show how they join the letter behind them.
const INVISIBLE =
  /\p{Default_Ignorable_Code_Point}|[\u2800\u2d7f\u{1107f}\u{13441}\u{13442}\u{16fe4}\u{1d159}]|[\u1039\u17d2\u1a60\u{10a3f}\u{11133}](?!\p{L})/u;

const EMPTY = new RegExp(`[\\p{Cc}\\p{Cs}\\p{Z}\\ufff9-\\ufffb]|${INVISIBLE.source}`, "gu");
// deno-lint-ignore no-control-regex -- they are IRC's characters for colours
const COLOURS = /\x03(?:\d{1,2}(?:,\d{1,2})?)?|\x04(?:[\da-f]{6}(?:,[\da-f]{6})?)?/gi;

/**
 * A text without IRC's colours (modern.ircdocs.horse/formatting): their characters and the digits behind these.
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
 * Whether a text draws nothing: it is empty, or of spaces, controls and characters that nobody sees.
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

/** A text, or where it draws nothing a sign that there is one. */
export function visible(text: string): string {
  return isBlank(text) ? "\u2423" : text;
}

function length(text: string): number {
  let n = 0;
  for (const _ of text) n++;
  return n;
}

/** Whether a name has no more characters than it may, and as others are compared with it not many times as many (U+FDFA is 18). */
function isShort(name: string, most: number): boolean {
  return length(name) <= most && casefold(name).length <= 2 * most;
}

/**
 * Whether a person may be called so: 1 to 30 characters, letters, marks and digits of any script and ``-_[]\`^{}|``;
 * no ASCII digit, `-` or mark first; NFC; not `system`.
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
    casefold(name) !== "system";
}

/**
 * Whether a channel may be called so: `#` and 1 to 49 characters, none of them a space, a comma or a control, format or
 * other invisible character; NFC.
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

/** What keeps a text from being the name of a person or a channel. */
export interface NameFault {
  /**
   * `prefix`: `sign` has to come first. `first`: it can't. `letter`: it is none, nor anything else that a nick may have.
   * `sign`: it can't be in a channel's name. Those of the second row are signs that nobody sees, by what they are for.
   */
  kind:
    | ("empty" | "long" | "reserved" | "prefix" | "first" | "letter" | "sign")
    | ("space" | "picture" | "joiner" | "direction" | "unseen");
  /** The character that is the matter, "" where none is. */
  sign: string;
  /** The name without such characters, where that can be one. */
  instead?: string;
}

const NOT_IN_NICK = /[^\p{L}\p{M}\p{Nd}\-_[\]\\`^{}|]/u;
const NOT_IN_CHANNEL = /[\s,\p{C}\p{Z}]/u;

/** What a sign is for that nobody sees. */
const UNSEEN: [kind: NameFault["kind"], signs: RegExp][] = [
  ["space", /^[\s\p{Z}]/u],
  ["picture", /^[\ufe0e\ufe0f]/],
  ["joiner", /^[\u200c\u200d]/],
  ["direction", /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/],
  ["unseen", /^[\p{C}\p{Default_Ignorable_Code_Point}]/u],
];

/**
 * Says why nobody, or no channel, can be called so; nothing where that can be.
 *
 * @param name NFC, as names are compared; for a channel with its `#`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(nameFault("channel", "#❤️"), { kind: "picture", sign: "\ufe0f", instead: "#❤" });
 * ```
 */
export function nameFault(of: "nick" | "channel", name: string): NameFault | undefined {
  const [isName, others, prefix, most] = of === "nick"
    ? [isNick, NOT_IN_NICK, "", LIMITS.nick] as const
    : [isChannelName, NOT_IN_CHANNEL, "#", LIMITS.channel - 1] as const;
  if (isName(name)) return undefined;
  if (!name.startsWith(prefix)) return { kind: "prefix", sign: prefix };
  const rest = name.slice(prefix.length);
  if (rest === "") return { kind: "empty", sign: "" };
  const without = (kind: NameFault["kind"], sign: string, others: string): NameFault =>
    isName(prefix + others) ? { kind, sign, instead: prefix + others } : { kind, sign };
  const [sign] = others.exec(rest) ?? INVISIBLE.exec(rest) ?? [];
  if (sign !== undefined) {
    const seen = INVISIBLE.test(sign) ? "unseen" : of === "nick" ? "letter" : "sign";
    const kind = UNSEEN.find(([, signs]) => signs.test(sign))?.[0] ?? seen;
    return without(kind, sign, [...rest].filter((one) => !others.test(one) && !INVISIBLE.test(one)).join(""));
  }
  if (!isShort(rest, most)) return { kind: "long", sign: "" };
  if (casefold(rest) === "system") return { kind: "reserved", sign: "" };
  const [first] = rest;
  return without("first", first, rest.slice(first.length));
}

const unseenSign = (sign: string) =>
  `in it is a character that nobody sees (U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

const NAME_FAULTS: Record<NameFault["kind"], (sign: string) => string> = {
  empty: () => "there is nothing in it",
  long: () => "it is too long",
  reserved: () => "that is the server",
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

/** The same as a clause in English: `it cannot begin with 2; bob would do`. */
export function explainFault({ kind, sign, instead }: NameFault): string {
  return NAME_FAULTS[kind](sign) + (instead === undefined ? "" : `; ${instead} would do`);
}

// ---------------------------------------------------------------------------------------------------------------
// Numerics, by the names of RFC 2812 section 5 and modern.ircdocs.horse/#numerics

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
export const ERR_METADATASYNCLATER = "774";
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
