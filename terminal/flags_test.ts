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

Deno.test("--tls and tls:// come to port 6697 where no other is written, and --pin needs them", () => {
  const serverOf = (...args: string[]) => {
    const flags = readClientFlags(args);
    if (typeof flags === "string") throw new Error(flags);
    return [flags.tls, flags.server.hostname, flags.server.port];
  };
  assertEquals(serverOf(), [false, "127.0.0.1", 8888]);
  assertEquals(serverOf("--tls"), [true, "127.0.0.1", 6697]);
  assertEquals(serverOf("--server", "tls://tea.local/"), [true, "tea.local", 6697]);
  assertEquals(serverOf("--server", "IRCS://[::1]:7000"), [true, "::1", 7000]);
  assertEquals(serverOf("--server", "irc://tea.local:7000", "--tls"), [true, "tea.local", 7000]);
  assertThrows(() => serverOf("--server", "https://tea.local"), UsageError, "write tls:// for TLS");
  assertThrows(() => serverOf("--pin", "AB".repeat(32)), UsageError, "--pin is for a server that --tls comes to");
  assertThrows(() => serverOf("--tls", "--pin", "AB"), UsageError, "is no SHA-256 fingerprint");
});
