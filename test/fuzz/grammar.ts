/**
 * Makes what clients may send from random numbers: lines of the forms of command_forms.ts, with words put into them, plausible
 * ones and odd ones; frames and requests.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { COMMAND_FORMS, RARE } from "./command_forms.ts";

const NICKS = ["alice", "bob", "carol", "dave", "erin", "张三", "Ωmega", "ＢＯＢ", "a".repeat(30), "x[]\\`^{}|"];
const CHANNELS = ["#tea", "#milk", "#sugar", "#茶馆", "#TEA", "#a", "#" + "é".repeat(49), "##"];
const TEXTS = [
  "hello",
  "two words",
  "it is green tea, at eighty degrees",
  "茶馆里的人都在说话",
  "\u{1f604} \u{1f1e6}\u{1f1e7} \u200d",
  "\x02bold\x02 \x0304,05colour\x03 \x1f",
  "\u202eright to left",
  "http://tea.example/%20?a=b#c",
  "a;b c\\d:e=f",
  "",
  " ",
  "::",
  "x".repeat(300),
  "茶".repeat(150),
];
/** What no parameter should be, or only once. */
const ODD = [
  ...["", ":", "*", ",", ",,", "@", "#", "&local", "0", "-1", "1e9", "99999999999999999999", "NaN", "+", "-", "+-+-"],
  ...["__proto__", "constructor", "toString", "hasOwnProperty", "null", "undefined", "[object Object]", "%s%n", "${x}"],
  ...["timestamp=", "msgid=", "timestamp=9999-99-99T99:99:99.999Z", "timestamp=+275760-09-13T00:00:00.000Z", "in=;;=="],
  ...["a\tb", "a\u00a0b", "\u202e", "\ufeff", "\u0000", "\x7f", "ß", "ﬃ", "İ", "e\u0301\u0301\u0301", "\u{10ffff}"],
  ...["~a:", "~t:60:*", "~t:999999999:x!*@*", "~m:~t:1:bob", "~a:bob", "*!*@*", "!@", "*".repeat(100), "?*".repeat(50)],
  ...["'; DROP TABLE messages; --", '"', "\\", "\\\\s", "/../../etc/passwd", "#,#,#", "#a,,#b", "x".repeat(400)],
];
const MODES = "beIiklmnostvCBowxyz*+-";
const CAPS = (
  "account-tag away-notify cap-notify chghost echo-message extended-join extended-monitor invite-notify message-tags " +
  "multi-prefix no-implicit-names sasl server-time setname standard-replies userhost-in-names draft/channel-rename " +
  "draft/chathistory draft/event-playback draft/message-redaction draft/metadata-3 draft/multiline draft/read-marker " +
  "soju.im/search account-notify draft/account-registration draft/extended-isupport draft/metadata-2 draft/oper-tag " +
  "draft/pre-away draft/relaymsg draft/whoami teahouse.chat/call teahouse.chat/device znc.in/playback " +
  "draft/message-edit teahouse.chat/identity"
).split(" ");

/** Makes lines and requests from random numbers. */
export class Grammar {
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  /** A whole number from 0 up to but without `most`. */
  below(most: number): number {
    return Math.floor(this.#next() * most);
  }

  /** True in so many of a hundred cases. */
  chance(percent: number): boolean {
    return this.#next() * 100 < percent;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** So many of something, at least one. */
  some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + this.below(most) }, make);
  }

  /** The words of the grammar; `{msgid}` is replaced by a message's that has been seen when the line is sent. */
  readonly #words: Record<string, () => string> = {
    nick: () => this.pick(NICKS),
    freshnick: () => `guest${this.below(1000)}`,
    nicks: () => this.some(4, () => this.pick(NICKS)).join(","),
    channel: () => this.pick(CHANNELS),
    channels: () => this.some(5, () => this.pick(CHANNELS)).join(","),
    target: () => this.chance(70) ? this.pick(CHANNELS) : this.pick(NICKS),
    targets: () => this.some(5, () => this.expand("<target>")).join(","),
    who: () => this.pick(["*", "*", "<nick>", "<channel>"].map((word) => this.expand(word))),
    key: () => this.pick(["matcha", "k", "k".repeat(32), "k".repeat(40)]),
    keys: () => this.some(3, () => this.expand("<key>")).join(","),
    text: () => this.pick(TEXTS),
    long: () => this.pick(["x", "茶", "a ", "é", "\u{1f604}"]).repeat(this.below(500)),
    mask: () =>
      this.pick(
        ["*!*@*", "<nick>!*@*", "*!*@127.0.0.*", "~a:<nick>", "~m:<nick>", "~t:1:<nick>", "<letter>*?*", "<odd>"]
          .map((mask) => this.expand(mask)),
      ),
    number: () => `${this.pick([0, 1, 2, 3, 10, 60, 302, 1000, 65536, 1e15])}`,
    limit: () => `${this.pick([1, 2, 10, 50, 100, 1000, 5000])}`,
    time: () => `timestamp=${new Date(1.79e12 + this.below(2e10)).toISOString()}`,
    point: () => this.chance(50) ? "msgid={msgid}" : this.expand("<time>"),
    msgid: () => this.chance(80) ? "{msgid}" : this.expand("<odd>"),
    word: () => this.pick(["tea", "x", "PLAIN", "LS", "draft/multiline", "oolong", "0", "r1"]),
    // Long enough to be read as a secret; none is ever right.
    secret: () => this.pick(["A", "z", "7", "-"]).repeat(this.pick([20, 27, 32, 40, 43, 64])),
    id: () => this.below(16).toString(16).repeat(12),
    span: () =>
      this.expand(this.pick(["1m", "10m", "2d12h", "0", "-1m", "999999999d", "m", "1m1m", "<number>", "<odd>"])),
    reference: () => this.pick(["r1", "r2", "x".repeat(60)]),
    server: () => this.pick(["Teahouse.local", "elsewhere.example", "*"]),
    host: () => this.pick(["tea.example", "a".repeat(63), "茶".repeat(60), "::1", "x/y", "-"]),
    command: () => this.pick(Object.keys(COMMAND_FORMS)),
    letter: () => this.pick([..."abcdefghijklmnopqrstuvwxyz0%*?"]),
    listmode: () => this.pick([..."beI"]),
    modes: () => this.pick(["+", "-"]) + this.some(10, () => this.pick([...MODES])).join(""),
    callwords: () =>
      this.some(4, () => this.expand(this.pick(["audio", "video", "screen", "muted", "hand", "<odd>"]))).join(","),
    cap: () => this.pick(CAPS),
    caps: () => this.some(5, () => (this.chance(30) ? "-" : "") + this.pick(CAPS)).join(" "),
    metakey: () => this.pick(["display-name", "avatar", "pronouns", "x", "k".repeat(50), "Bad Key", "a/b"]),
    password: () => this.pick(["a good password", "short", "p".repeat(200)]).replaceAll(" ", "-"),
    base64: () =>
      Buffer.from(`${this.expand("<nick>")}\0${this.expand("<nick>")}\0${this.expand("<password>")}`).toString(
        "base64",
      ),
    attribute: () =>
      this.expand(this.pick([
        "text=<letter>",
        "text=tea",
        "text=green\\stea",
        "text=茶",
        "in=<target>",
        "from=<nick>",
        "before=2030-01-01T00:00:00.000Z",
        "after=2001-01-01T00:00:00.000Z",
        "limit=<number>",
        "<word>=<odd>",
        "text=<odd>",
        "in=<odd>",
      ])),
    odd: () => this.pick(ODD),
  };

  /** A form with its words filled in. */
  expand(form: string): string {
    return form.replace(/<([a-z\d]+)>/g, (_, word: string) => this.#words[word]());
  }

  /** Tags before a line, with a space, or nothing. */
  #tags(): string {
    if (this.chance(80)) return "";
    return `@${
      this.some(3, () =>
        this.expand(this.pick([
          "+typing=active",
          "+draft/react=👋",
          "+teahouse.chat/rtc=q1ZKSVSyMtRRSs5PSVWyMgAA",
          `+teahouse.chat/rtc=${"A".repeat(this.below(4_200))}`,
          "+teahouse.chat/rtc=<odd>",
          "+draft/reply={msgid}",
          "teahouse.chat/peer=<word>",
          "+x=<odd>",
          "+<word>",
          `+x=${"x".repeat(this.below(5_000))}`,
          "batch=<reference>",
          "draft/multiline-concat",
          "time=2026-01-01T00:00:00.000Z",
          "=;=\\",
        ])).replaceAll(" ", "\\s")).join(";")
    } `;
  }

  /** A line, mostly one that a client might send. CR and LF are not in it. */
  line(): string {
    let command = this.pick(Object.keys(COMMAND_FORMS));
    // One in ten of those that would have been.
    while (RARE.has(command) && !this.chance(10)) command = this.pick(Object.keys(COMMAND_FORMS));
    const forms = COMMAND_FORMS[command];
    let params = this.expand(this.pick(forms));
    if (this.chance(5)) params = params.split(" ").with(this.below(1), this.expand("<odd>")).join(" ");
    if (this.chance(3)) params = params.split(" ").slice(0, -1).join(" ");
    if (this.chance(3)) params += this.expand(" <odd> <odd> :<odd>");
    if (this.chance(5)) command = this.pick([command.toLowerCase(), `${command}X`, "001", this.expand("<odd>")]);
    const source = this.chance(2) ? this.expand(":<nick>!x@y ") : "";
    const spaces = this.chance(2) ? "   " : " ";
    return `${this.#tags()}${source}${command}${params === "" ? "" : spaces + params}`.replace(/[\r\n]/g, " ");
  }

  /** Several lines that belong together, of one person. */
  idiom(): string[] {
    const [channel, reference] = [this.expand("<channel>"), this.expand("<reference>")];
    return this.pick([
      () => [
        `BATCH +${reference} draft/multiline ${channel}`,
        ...this.some(
          40,
          () =>
            this.expand(
              `@batch=${reference}${this.pick(["", "", ";draft/multiline-concat"])} PRIVMSG ${channel} :<text>`,
            ),
        ),
        ...(this.chance(10) ? [this.line()] : []),
        `BATCH -${reference}`,
      ],
      () => [
        `JOIN ${channel}`,
        ...this.some(12, () => this.expand(`MODE ${channel} +<listmode> <mask>`)),
        `MODE ${channel} b`,
      ],
      () => [`JOIN ${channel}`, this.expand(`RENAME ${channel} <channel>`), `NAMES ${channel}`],
      () => [`MODE ${channel} +i`, this.expand(`INVITE <nick> ${channel}`), this.expand(`KICK ${channel} <nick>`)],
      () =>
        [
          `PRIVMSG ${channel} :<text>`,
          `@+draft/edit={msgid} PRIVMSG ${channel} :<text>`,
          `EDITS ${channel} {msgid}`,
          `REDACT ${channel} {msgid}`,
          `CHATHISTORY LATEST ${channel} * 10`,
        ]
          .map((line) => this.expand(line)),
      () => ["OPER root lapsang", this.expand("CHGHOST <nick> <host>"), this.expand("WALLOPS :<text>")],
      () => ["AUTHENTICATE PLAIN", this.expand("AUTHENTICATE <base64>"), "AUTHENTICATE *"],
      () => [this.expand("MONITOR + <nicks>"), this.expand("NICK <freshnick>"), this.expand("NICK <nick>")],
      () => [
        "CAP REQ draft/metadata-3",
        this.expand("METADATA * SUB <metakey>"),
        this.expand("METADATA * SET <metakey> :<text>"),
      ],
      () => this.some(30, () => this.expand(`PRIVMSG ${channel} :<text>`)),
      () => ["JOIN 0", this.expand("JOIN <channels>")],
    ])();
  }

  /** Bytes that need not be lines at all, one a character. */
  noise(): string {
    return this.pick([
      () => this.some(200, () => String.fromCharCode(this.below(256))).join(""),
      () => this.some(20, () => this.pick(["\r", "\n", "\r\n", "\0", " ", "PING", "\xff", ":", "@"])).join(""),
      () => "\n".repeat(this.below(1000)),
      () => "x".repeat(this.below(10_000)),
      () => `${"@x=".repeat(this.below(2_000))} PING 1\r\n`,
      () => "\x16\x03\x01\x02\x00\x01\x00",
      () => "PRIVMSG #tea :\xe8\x8c\r\nPING \xb6\r\n",
    ])();
  }

  /** Bytes of WebSocket frames, right or wrong, one a character (RFC 6455, section 5.2). */
  frames(): string {
    return this.some(5, () => {
      const content = this.pick([() => this.line(), () => this.noise(), () => ""])();
      const bytes = Buffer.from(content, this.chance(90) ? "utf8" : "latin1").toString("latin1").slice(0, 65_000);
      // Mostly text, whole, masked; else any first byte.
      const first = this.chance(60)
        ? 0x81
        : this.pick([0x01, 0x00, 0x80, 0x82, 0x88, 0x89, 0x8a, 0x09, this.below(256)]);
      const masked = this.chance(95) ? 0x80 : 0;
      let length = bytes.length;
      if (this.chance(5)) length = this.pick([0, 1, 125, 126, 127, length + 1, 65_535]);
      const head = length < 126 ? [first, masked | length] : [first, masked | 126, (length >> 8) & 0xff, length & 0xff];
      if (this.chance(2)) head.splice(1, Infinity, masked | 127, ...Array.from({ length: 8 }, () => this.below(256)));
      return String.fromCharCode(...head) + (masked ? "\0\0\0\0" : "") + bytes;
    }).join("").slice(0, this.chance(95) ? Infinity : this.below(100));
  }

  /** Bytes of HTTP requests, right or wrong, one after the other (RFC 9112). */
  requests(): string {
    return this.some(5, () => {
      const method = this.pick([
        "GET",
        "GET",
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "OPTIONS",
        "CONNECT",
        "TRACE",
        "get",
        "G\0T",
        "",
      ]);
      const path = this.pick([
        ...[
          "/",
          "/",
          "/irc",
          "/health",
          "/app.ts",
          "/web/app.ts",
          "/../server.ts",
          "/%2e%2e/server.ts",
          "//",
          "/?x=y",
          "*",
        ],
        ...["http://127.0.0.1/", "/%", "/%00", "/\\", "/emoji/", "/node_modules/", `/${"a".repeat(this.below(9_000))}`],
      ]);
      const version = this.pick(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.1 x", ""]);
      const headers = this.some(6, () =>
        this.pick([
          ...[
            "Host: 127.0.0.1",
            "Host: 127.0.0.1",
            "Host: elsewhere.example",
            "Host:",
            "Host: [::1",
            "Connection: close",
          ],
          ...[
            "Connection: Upgrade",
            "Connection: upgrade, keep-alive",
            "Upgrade: websocket",
            "Upgrade: h2c",
            "Upgrade: x",
          ],
          ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 8", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
          ...["Sec-WebSocket-Key: tea", "Sec-WebSocket-Protocol: text.ircv3.net", "Sec-WebSocket-Protocol: ,,"],
          ...["Origin: http://127.0.0.1", "Origin: null", "Accept-Encoding: gzip, br;q=0.5", "Accept-Encoding: ;q=,;;"],
          ...[
            "If-None-Match: *",
            'If-None-Match: W/"x",,',
            "Content-Length: 5",
            "Content-Length: -1",
            "Content-Length: 1e3",
          ],
          ...[
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: gzip, chunked",
            "Expect: 100-continue",
            "Range: bytes=0-1",
          ],
          ...[
            "X-Forwarded-For: 10.0.0.1, ::",
            "Forwarded: for=x",
            "Cookie: a=b",
            " folded",
            "no colon",
            "a\0: b",
            "é: ü",
          ],
        ]));
      const body = this.chance(80)
        ? ""
        : this.pick(["12345", "5\r\n12345\r\n0\r\n\r\n", "ffffffff\r\n", "x", this.noise()]);
      const end = this.chance(95) ? "\r\n" : this.pick(["\n", "\r", ""]);
      const host = this.chance(80) ? [`Host: 127.0.0.1`] : [];
      return [`${method} ${path} ${version}`, ...host, ...headers].map((line) => line + end).join("") + end + body;
    }).join("");
  }
}
