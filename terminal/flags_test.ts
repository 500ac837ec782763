import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../shared/flags.ts";
import { problemOfNick, readClientFlags } from "./flags.ts";

Deno.test("--nick takes a name with spaces, whose nick has underlines, and refuses what cannot become a nick", () => {
  const flags = readClientFlags(["--nick", "Ms Chen"]);
  assertEquals(typeof flags === "string" ? flags : flags.nick, "Ms Chen");
  assertEquals(problemOfNick("陈 老师"), undefined);
  assertThrows(() => readClientFlags(["--nick", "2 bob"]), UsageError, "it cannot begin with 2; _bob would do");
  assertThrows(() => readClientFlags(["--nick", "Owner"]), UsageError, "that name is kept for the server");
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
