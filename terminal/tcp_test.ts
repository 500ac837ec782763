import { assertEquals, assertRejects } from "@std/assert";
import { connectTcp } from "./tcp.ts";

/** A connection and the other side of it. */
async function pair() {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const [transport, peer] = await Promise.all([
    connectTcp("127.0.0.1", listener.addr.port, new AbortController().signal),
    listener.accept(),
  ]);
  return { transport, peer };
}

Deno.test("connectTcp() carries lines both ways, in their order, until the peer closes", async () => {
  const { transport, peer } = await pair();
  for (const line of ["NICK 张三", "PING 1"]) transport.send(line);
  const buffer = new Uint8Array(100);
  let seen = "";
  while (!seen.endsWith("PING 1\r\n")) seen += new TextDecoder().decode(buffer.subarray(0, (await peer.read(buffer))!));
  assertEquals(seen, "NICK 张三\r\nPING 1\r\n");
  // One character in two writes, a line that is not UTF-8, and one that has no end.
  const tea = new TextEncoder().encode(":x PRIVMSG #tea :茶\r\n");
  await peer.write(tea.subarray(0, tea.length - 3));
  await peer.write(tea.subarray(tea.length - 3));
  await peer.write(new Uint8Array([0xff, 10]));
  await peer.write(new TextEncoder().encode("PONG 1\nhalf"));
  peer.close();
  assertEquals(await Array.fromAsync(transport.lines), [":x PRIVMSG #tea :茶", "PONG 1"]);
  transport.close();
});

Deno.test("connectTcp() ends its lines when this side closes", async () => {
  const { transport, peer } = await pair();
  const lines = Array.fromAsync(transport.lines);
  transport.close();
  assertEquals(await lines, []);
  transport.send("into the void");
  peer.close();
});

Deno.test("connectTcp() says why there is no connection", async () => {
  const port = (() => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return listener.addr.port;
  })();
  const { signal } = new AbortController();
  await assertRejects(() => connectTcp("127.0.0.1", port, signal), Error, "connection refused");
  await assertRejects(() => connectTcp("nobody.invalid", port, signal), Error, "failed to lookup");
  const aborted = AbortSignal.abort(new Error("no answer in 4 seconds"));
  await assertRejects(() => connectTcp("127.0.0.1", port, aborted), Error, "no answer in 4 seconds");
});
