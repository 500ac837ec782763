import type { Happening, Said } from "../client/state/events.ts";
import type { TalkLine } from "../client/state/line.ts";
import { qrLines } from "../shared/qr.ts";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { stripVTControlCharacters } from "node:util";
import { speak } from "./language.ts";
import { align, render } from "./render.ts";
import { MARK } from "./wrap.ts";

const NOW = new Date(2026, 10, 25, 12, 4).getTime();
const OPTIONS = { color: false, nick: "bob", channel: "#lobby", now: NOW };

function shown(event: Happening, time = NOW): string {
  return render({ time, ...event }, OPTIONS).join("\n");
}

function said(text: string, rest: Partial<Said> = {}): Said {
  return {
    type: "message",
    from: "alice",
    target: "#lobby",
    private: false,
    own: false,
    history: false,
    text,
    ...rest,
  };
}

Deno.test("render() shows who said what to whom", () => {
  const whispered: Partial<Said> = { private: true, target: "bob" };
  const own: Partial<Said> = { own: true, from: "bob", private: true, target: "alice" };
  assertEquals(shown(said("hi")), "[12:04] <alice> hi");
  assertEquals(shown(said("hi", { target: "#tea" })), "[12:04] #tea <alice> hi");
  assertEquals(shown(said("hi", whispered)), "[12:04] alice -> you: hi");
  assertEquals(shown(said("hi", own)), "[12:04] you -> alice: hi");
  const about: Partial<Said> = { ...whispered, context: "#tea" };
  assertEquals(shown(said("hi", about)), "[12:04] #tea alice -> you: hi");
  assertEquals(shown(said("hi", { ...about, type: "notice" })), "[12:04] #tea -alice- hi");
  assertEquals(shown(said("waves", { type: "action" })), "[12:04] * alice waves");
  assertEquals(shown(said("waves", { type: "action", ...whispered })), "[12:04] alice -> you: * alice waves");
  assertEquals(shown(said("note", { type: "notice" })), "[12:04] -alice- note");
});

Deno.test("render() shows a file as a card, with what is said about it below, and no sign in it as a mark", () => {
  const url = "http://tea.example/files/AbcdefghijklmnopqrstuV/_my_kettle_.jpg";
  const file = { name: "_my_\x1b[31mkettle_.jpg", size: 2_048, type: "image/jpeg", width: 12, height: 8 };
  const card = `[12:04] <alice> _my_kettle_.jpg (2.0 KiB, picture 12x8) ${url}`;
  assertEquals(shown(said(url, { file })), card);
  assertEquals(shown(said(`${url} our\x07 *kettle*`, { file })), `${card}\n${MARK}our *kettle*`);
  assertEquals(render({ time: NOW, ...said(url) }, { ...OPTIONS, fileHost: "http://tea.example/files" }), [
    `[12:04] <alice> _my_kettle_.jpg ${url}`,
  ]);
});

Deno.test("render() shows who comes and goes, and how many are online", () => {
  const where = { channel: "#lobby", own: false, online: 3 };
  assertEquals(shown({ type: "join", nick: "carol", ...where }), "[12:04] carol joined #lobby (3 online)");
  assertEquals(shown({ type: "join", nick: "carol", ...where, isBack: true }), "");
  assertEquals(shown({ type: "mode", by: "tea.local", channel: "#lobby", change: "+o carol", isBack: true }), "");
  assertEquals(shown({ type: "part", nick: "carol", reason: "", ...where }), "[12:04] carol left #lobby (3 online)");
  assertEquals(
    shown({ type: "quit", nick: "carol", reason: "tired", channels: [{ name: "#lobby", online: 2 }] }),
    "[12:04] carol went offline (2 online): tired",
  );
  const left = (reason: string) =>
    shown({ type: "quit", nick: "carol", reason, channels: [{ name: "#lobby", online: 2 }] });
  assertEquals(left("Quit: tea is ready"), "[12:04] carol went offline (2 online): tea is ready");
  // How a connection has ended is nobody's concern.
  assertEquals(left("Connection closed"), "[12:04] carol went offline (2 online)");
  assertEquals(left("Ping timeout: 120 s"), "[12:04] carol went offline (2 online): lost the connection");
  assertEquals(shown({ type: "nick", nick: "carol", renamed: "Caro", own: false }), "[12:04] carol is now Caro");
  const members = [{ nick: "alice", prefix: "@+", away: false }, { nick: "bob", prefix: "", away: true }];
  assertEquals(
    shown({ type: "names", channel: "#lobby", members }),
    "[12:04] #lobby: 2 online: @alice, bob (away)",
  );
});

/** A line that alice said at 12:03. */
function line(text: string, rest: Partial<TalkLine> = {}): TalkLine {
  const time = NOW - 60_000;
  const flags = { own: false, private: false, mention: false, history: false };
  return { kind: "message", time, from: "alice", text, ...flags, reactions: new Map(), ...rest };
}

Deno.test("render() shows what a line answers before it, in few words", () => {
  const quote = line("is the kettle on? and who has the cups, the pot, the leaves?");
  assertEquals(shown(said("yes", { quote })).split("\n"), [
    "        ↳ alice: is the kettle on? and who has the cups, …",
    "[12:04] <alice> yes",
  ]);
  const redacted = line("", { redacted: { by: "alice", reason: "" } });
  assertEquals(shown(said("yes", { quote: redacted })).split("\n")[0], "        ↳ alice: (removed)");
});

Deno.test("render() shows reactions and removals as one dim line", () => {
  const reaction = {
    type: "reaction",
    target: "#lobby",
    from: "carol",
    own: false,
    reaction: "👍",
    added: true,
  } as const;
  assertEquals(
    shown({ ...reaction, line: line("tea :clay_teapot:?") }),
    "[12:04] carol reacted 👍 to: tea :clay_teapot:?",
  );
  assertEquals(shown({ ...reaction, added: false, own: true }), "[12:04] You took back 👍");
  const removed = { type: "redaction", target: "#lobby", by: "carol", own: false, reason: "", line: line("") } as const;
  assertEquals(shown(removed), "[12:04] carol removed a message of alice, said at 12:03");
  assertEquals(
    shown({ ...removed, by: "alice", own: true, reason: "typo" }),
    "[12:04] You removed a message, said at 12:03: typo",
  );
});

Deno.test("render() shows what an edited message says now, and that it was edited", () => {
  const edit = { type: "edit", target: "#lobby", from: "alice", own: false, before: "tea" } as const;
  assertEquals(shown({ ...edit, line: line("tea at four") }), "[12:04] <alice> tea at four (edited)");
  assertEquals(shown({ ...edit, target: "#tea", line: line("x") }), "[12:04] #tea <alice> x (edited)");
  const doing = line("waves", { kind: "action" });
  assertEquals(shown({ ...edit, line: doing }), "[12:04] * alice waves (edited)");
  const alone = line("x", { private: true });
  assertEquals(shown({ ...edit, target: "alice", line: alone }), "[12:04] alice -> you: x (edited)");
  assertEquals(shown({ ...edit, line: line("one\ntwo") }), "[12:04] <alice> one\n      | two (edited)");
  assertEquals(shown(said("hi", { edited: true })), "[12:04] <alice> hi (edited)");
});

Deno.test("render() has sentences for operators, voice and bans", () => {
  const changes: [change: string, sentence: string][] = [
    ["+o bob", "alice made bob an operator in #lobby"],
    ["-v bob", "alice took voice from bob in #lobby"],
    ["+b *!*@host", "alice banned everybody at host in #lobby"],
    ["+b ~t:60:~a:bob", "alice banned the account bob in #lobby for 1 hour"],
    ["+b ~m:bob!*@*", "alice muted bob in #lobby"],
    ["+b *!b@*.example", "alice banned *!b@*.example in #lobby"],
    ["-b ~t:5:~m:bob!*@*", "alice lifted the mute of bob in #lobby"],
    ["+bb ~a:bob *!*@host", "alice banned the account bob in #lobby and banned everybody at host in #lobby"],
    ["-bb ~m:~a:bob", "alice set mode -bb ~m:~a:bob in #lobby"],
    [
      "+m-k key",
      "alice let only those talk in #lobby who have voice and let people into #lobby without a word",
    ],
    ["+ov bob carol", "alice made bob an operator in #lobby and gave carol voice in #lobby"],
    ["+l-t 5", "alice let only 5 into #lobby and let all set the topic of #lobby"],
    ["+mq bob", "alice set mode +mq bob in #lobby"],
    ["+o", "alice set mode +o in #lobby"],
    ["+", "alice set mode + in #lobby"],
  ];
  for (const [change, sentence] of changes) {
    assertEquals(shown({ type: "mode", channel: "#lobby", by: "alice", change }), `[12:04] ${sentence}`);
  }
});

Deno.test("render() makes remote text harmless, wherever it stands", () => {
  const evil = "\x1b]0;x\x07\x1b[2J\r\nfake \u202e";
  const events: Happening[] = [
    said(evil),
    said("x", { from: evil, target: evil }),
    { type: "join", nick: evil, channel: evil, own: false, online: 1 },
    { type: "quit", nick: "x", channels: [{ name: "#lobby", online: 1 }], reason: evil },
    { type: "topic", channel: "#lobby", topic: evil, by: evil },
    { type: "names", channel: evil, members: [{ nick: evil, prefix: evil, away: false }] },
    { type: "whois", nick: evil, text: evil },
    { type: "error", text: evil },
    { type: "reaction", target: "#lobby", from: evil, own: false, reaction: evil, added: true, line: line(evil) },
    { type: "redaction", target: "#lobby", by: evil, own: false, reason: evil, line: line("", { from: evil }) },
    { type: "mode", channel: evil, by: evil, change: `+o ${evil}` },
    { type: "table", rows: [[evil, evil]] },
  ];
  for (const event of events) {
    const rows = render({ time: NOW, ...event }, OPTIONS);
    for (const row of rows) assert(!/[\p{Cc}\u202e]/u.test(row), event.type);
    // A line end begins a line of the same message, and no line of anything else.
    if (event.type !== "message") assertEquals(rows.length, 1, event.type);
    for (const row of rows.slice(1)) assert(row.startsWith("      | "), row);
  }
  for (const row of shown(said("x", { quote: line(evil, { from: evil }) })).split("\n")) {
    assert(!/[\p{Cc}\u202e]/u.test(row));
  }
});

Deno.test("render() shows the date of another day", () => {
  assertEquals(shown(said("old"), new Date(2026, 10, 24, 9, 30).getTime()), "[2026-11-24 09:30] <alice> old");
});

Deno.test("render() uses colours only where it is told to", () => {
  const colors = (said: Said) => render({ time: NOW, ...said }, { ...OPTIONS, color: true })[0];
  assertEquals(shown(said("x")), stripVTControlCharacters(colors(said("x"))));
  assert(colors(said("x", { own: true })).includes("\x1b[94m"));
  assert(colors(said("x")).includes("\x1b[32m"));
  assert(colors(said("x", { private: true })).includes("\x1b[31m"));
  assert(
    render({ time: NOW, ...said("x") }, { ...OPTIONS, color: true, isPast: true })[0].includes("\x1b[2m<alice> x"),
  );
  assert(!colors(said("bobby is not meant")).includes("\x1b[1m"));
  assert(colors(said("tea, Bob?", { mention: true })).includes("\x1b[1m"));
});

Deno.test("align() aligns all columns but the last", () => {
  assertEquals(align([["/to", "talk"], ["/whois <nick>", "ask"], ["one"]]), [
    "/to            talk",
    "/whois <nick>  ask",
    "one",
  ]);
});

Deno.test("render() shows an invitation as its address, with a QR code below it that has no time before its rows", () => {
  const event = { type: "invitation", address: "http://192.168.1.5:8080/#lobby", time: 0 } as const;
  const options = { color: false, nick: "bob", channel: "#lobby", now: 0 };
  const [first, ...code] = render(event, options);
  assertEquals(first.endsWith("] http://192.168.1.5:8080/#lobby"), true);
  assertEquals(code, qrLines(event.address, false));
});

Deno.test("render() says in place of an invitation how others get an address, where they have none", () => {
  const options = { color: false, nick: "bob", channel: "#lobby", now: 0 };
  const [line, ...rest] = render({ type: "invitation", address: undefined, time: 0 }, options);
  assertMatch(
    line,
    /\] Only people on the server's own machine can come in: .* starting it without --host, .* with --url/,
  );
  assertEquals(rest, []);
});

Deno.test("render() shows in Chinese what is said and what happens", () => {
  const where = { channel: "#lobby", own: false, online: 3 };
  const reaction = { type: "reaction", target: "#lobby", from: "carol", own: false, reaction: "👍" } as const;
  const removed = { type: "redaction", target: "#lobby", by: "carol", own: false, reason: "", line: line("") } as const;
  const kick = { type: "kick", by: "alice", channel: "#lobby", online: 2, reason: "太吵" } as const;
  const cases: [event: Happening, shown: string][] = [
    [said("你好"), "<alice> 你好"],
    [said("你好", { private: true, target: "bob" }), "alice -> 您: 你好"],
    [said("你好", { own: true, from: "bob", private: true, target: "alice" }), "您 -> alice: 你好"],
    [said("你好", { edited: true }), "<alice> 你好（已编辑）"],
    [
      said("This room keeps what is said, to show it to those who join.", {
        type: "notice",
        from: "Tea",
        isServer: true,
      }),
      "-Tea- 聊天室会保存消息，供后来的人查看。",
    ],
    [said("Tea at four", { type: "notice", from: "Tea", isServer: true }), "-Tea- Tea at four"],
    [{ type: "join", nick: "carol", ...where }, "carol 进入了 #lobby（3 人在线）"],
    [{ type: "part", nick: "carol", reason: "", ...where }, "carol 离开了 #lobby（3 人在线）"],
    [{ type: "part", nick: "carol", reason: "困了", ...where }, "carol 离开了 #lobby（3 人在线）：困了"],
    [{ type: "part", nick: "bob", reason: "", ...where, own: true }, "您离开了 #lobby"],
    [{ ...kick, nick: "carol", own: false }, "alice 将 carol 踢出了 #lobby（2 人在线）：太吵"],
    [{ ...kick, nick: "bob", own: true }, "alice 将您踢出了 #lobby：太吵"],
    [
      { type: "quit", nick: "carol", reason: "", channels: [{ name: "#lobby", online: 2 }] },
      "carol 下线了（2 人在线）",
    ],
    [{ type: "nick", nick: "carol", renamed: "Caro", own: false }, "carol 改名为 Caro"],
    [{ type: "nick", nick: "bob", renamed: "Bo", own: true }, "您现在是 Bo"],
    [{ type: "topic", channel: "#lobby", by: "", topic: "茶" }, "#lobby 的主题：茶"],
    [{ type: "topic", channel: "#lobby", by: "carol", topic: "茶" }, "carol 设置了主题：茶"],
    [{ type: "topic", channel: "#lobby", by: "carol", topic: "" }, "carol 清除了主题"],
    [
      { type: "mode", channel: "#lobby", by: "alice", change: "+ov bob carol" },
      "alice 在 #lobby 将 bob 设为管理员，并在 #lobby 给了 carol 发言权",
    ],
    [{ ...reaction, added: true, line: line("喝茶吗？") }, "carol 用 👍 回应了：喝茶吗？"],
    [{ ...reaction, added: false, own: true }, "您收回了 👍"],
    [removed, "carol 删除了一条 alice 的消息，发于 12:03"],
    [{ ...removed, by: "alice", own: true, reason: "笔误" }, "您删除了一条消息，发于 12:03：笔误"],
    [{ type: "away", nick: "carol", away: true, reason: "茶歇" }, "carol 已离开：茶歇"],
    [{ type: "away", nick: "carol", away: false, reason: "" }, "carol 已回来"],
    [{ type: "invite", nick: "bob", by: "carol", channel: "#tea" }, "carol 邀请您：/join #tea"],
    [{ type: "invite", nick: "dave", by: "carol", channel: "#tea" }, "carol 邀请 dave 加入 #tea"],
    [{
      type: "names",
      channel: "#lobby",
      members: [{ nick: "alice", prefix: "@", away: false }, { nick: "bob", prefix: "", away: true }],
    }, "#lobby：2 人在线：@alice、bob（离开）"],
    [{ type: "connected", server: "tea:8888", nick: "bob", again: false }, "已连接到 tea:8888，您是 bob"],
    [{ type: "connected", server: "tea:8888", nick: "bob", again: true }, "已重新连接到 tea:8888，您是 bob"],
    [
      { type: "disconnected", reason: "聊天室关闭了连接", retryMs: 2_000 },
      "连接断开：聊天室关闭了连接。2 秒后重试；您写的内容会保留。",
    ],
  ];
  speak("zh");
  try {
    for (const [event, text] of cases) assertEquals(shown(event), `[12:04] ${text}`);
    const redacted = line("", { redacted: { by: "alice", reason: "" } });
    assertEquals(shown(said("好", { quote: redacted })).split("\n")[0], "        ↳ alice: （已删除）");
    const another = shown(said("你好", { private: true, target: "bob", isAnother: true })).split("\n")[0];
    assertEquals(another, "[12:04] 这是另一个 alice，不是之前和你聊天的那位。");
  } finally {
    speak("en");
  }
});

Deno.test("align() counts the columns of a terminal, of which a Chinese character takes two", () => {
  assertEquals(align([["/kick <昵称>", "踢出"], ["/to", "私聊"], ["/ban 🍵", "茶"]]), [
    "/kick <昵称>  踢出",
    "/to           私聊",
    "/ban 🍵       茶",
  ]);
});
