import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../shared/flags.ts";
import { problemOfNick, readClientFlags } from "./flags.ts";
import { speak } from "./language.ts";

Deno.test("--nick takes a name with spaces, whose nick has underlines, and refuses what cannot become a nick", () => {
  const flags = readClientFlags(["--nick", "Ms Chen"]);
  assertEquals(typeof flags === "string" ? flags : flags.nick, "Ms Chen");
  assertEquals(problemOfNick("陈 老师"), undefined);
  assertThrows(() => readClientFlags(["--nick", "2 bob"]), UsageError, "it cannot begin with 2; _bob would do");
  assertThrows(() => readClientFlags(["--nick", "Owner"]), UsageError, "that name is kept for the room");
});

Deno.test("--tls and tls:// ask for TLS, tcp:// for none, which --pin refuses, and a bare address leaves it open", () => {
  const serverOf = (...args: string[]) => {
    const flags = readClientFlags(args);
    if (typeof flags === "string") throw new Error(flags);
    return [flags.server.isTls, flags.server.hostname, flags.server.port];
  };
  assertEquals(serverOf(), [undefined, "127.0.0.1", undefined]);
  assertEquals(serverOf("--tls"), [true, "127.0.0.1", undefined]);
  assertEquals(serverOf("--server", "tls://tea.local/"), [true, "tea.local", undefined]);
  assertEquals(serverOf("--server", "tcp://tea.local"), [false, "tea.local", undefined]);
  assertEquals(serverOf("--server", "IRCS://[::1]:7000"), [true, "::1", 7000]);
  assertEquals(serverOf("--server", "irc://tea.local:7000", "--tls"), [true, "tea.local", 7000]);
  assertEquals(serverOf("--pin", "AB".repeat(32)), [undefined, "127.0.0.1", undefined]);
  assertThrows(() => serverOf("--server", "https://tea.local"), UsageError, "write tls:// for TLS");
  const pinned = ["--pin", "AB".repeat(32), "--server", "tcp://tea.local"];
  assertThrows(() => serverOf(...pinned), UsageError, "--pin is for TLS, and tcp:// for none");
  assertThrows(() => serverOf("--tls", "--pin", "AB"), UsageError, "is no SHA-256 fingerprint");
});

Deno.test("what is wrong with a command line is said in Chinese, whoever finds it", () => {
  const cases: [args: string[], message: string][] = [
    [["--teapot"], "没有参数 --teapot；--help 列出所有参数"],
    [["tea"], "不认识 tea；--help 列出所有参数"],
    [["--nick"], "--nick 需要一个值"],
    [["--password-file="], "--password-file 需要一个值"],
    [["--channel", ""], "--channel 需要一个值"],
    [["--channel", "a,b"], "--channel “a,b”不能用作频道名：不能含有 ,"],
    [["--nick", "2 bob"], "（不能以 2 开头；可以用 _bob）"],
    [["--server", "tea:0"], "--server 不能使用服务器“tea:0”：端口“0”不在 1 至 65535 之间"],
    [["--server", "https://tea"], "要用 TLS 请写 tls://"],
    [["--server", "[tea]:1"], "“tea”不是 IPv6 地址"],
    [["--pin", "AB"], "--pin “AB”不是 SHA-256 指纹"],
    [["--window", "file:///tea"], "--window 必须是网页的地址"],
    [["--window", "http://bob:tea@x/"], "--window 不能含有口令或密码"],
    [["--password=a", "--password-file=b"], "--password 和 --password-file 只需要一个"],
    [["--owner=a", "--owner-file=b"], "--owner 和 --owner-file 只需要一个"],
    [["--login-password-file=b"], "账号由 --login 指定"],
    [["--pin", "AB".repeat(32), "--server", "tcp://tea"], "--pin 用于 TLS"],
    [["--lang", "fr"], "--lang 只能是 zh（中文）或 en（英文），不能是“fr”"],
  ];
  speak("zh");
  try {
    for (const [args, message] of cases) assertThrows(() => readClientFlags(args), UsageError, message);
  } finally {
    speak("en");
  }
  assertThrows(() => readClientFlags(["--teapot"]), UsageError, "unknown flag --teapot; --help lists the flags");
  assertThrows(() => readClientFlags(["--nick"]), UsageError, "--nick needs a value");
});
