import { assert, assertEquals } from "@std/assert";
import { isThisMachine, webSocketDial } from "./socket.ts";

Deno.test("webSocketDial() leaves a server that sends faster than lines are handled, however short they are", async () => {
  const sent = 100_000;
  const { promise: over, resolve } = Promise.withResolvers<void>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "text.ircv3.net" });
    socket.onopen = () => {
      for (let i = 0; i < sent; i++) socket.send("");
      socket.close();
    };
    socket.onclose = () => resolve();
    return response;
  });
  const url = `ws://127.0.0.1:${server.addr.port}/irc`;
  const transport = await webSocketDial(url, () => "unreachable")(new AbortController().signal);
  await over;
  const { length } = await Array.fromAsync(transport.lines);
  assert(length > 10_000 && length < sent * 0.9, `${length} lines`);
});

Deno.test("webSocketDial() sends nothing while the connection is being closed, of which browsers complain", async () => {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "text.ircv3.net" });
    socket.onclose = () => resolve();
    return response;
  });
  const url = `ws://127.0.0.1:${server.addr.port}/irc`;
  const sent: unknown[] = [];
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (data) {
    sent.push(data);
    send.call(this, data);
  };
  try {
    const transport = await webSocketDial(url, () => "unreachable")(new AbortController().signal);
    transport.send("PING 1");
    transport.close();
    transport.send("PING 2");
    await over;
    assertEquals(sent, ["PING 1"]);
  } finally {
    WebSocket.prototype.send = send;
  }
});

Deno.test("isThisMachine() knows the names and addresses of the loopback interface, and no others", () => {
  const own = ["localhost", "tea.localhost", "127.0.0.1", "127.8.9.1", "[::1]"];
  const others = ["", "localhost.example.org", "192.168.0.2", "127.0.0.1.example.org", "[::2]", "tea.local"];
  assertEquals([...own, ...others].map(isThisMachine), [...own.map(() => true), ...others.map(() => false)]);
});
