import { assertEquals } from "@std/assert";
import { Budgets } from "../wire/budgets.ts";
import { Overheads, type Watched } from "./overhead.ts";
import { bytesReceived, endsText } from "./sockets.ts";

/** A connection of somebody, what it says, and what it brings. */
class Peer implements Watched {
  readonly ends: string;
  said = 0;
  brought = 0;
  isEnded = false;

  constructor(name: string) {
    this.ends = name;
  }

  end(): void {
    this.isEnded = true;
  }
}

Deno.test("a TLS connection whose records say next to nothing is ended at its address' expense, and no other", () => {
  const alice = new Peer("alice"), bob = new Peer("bob"), mallory = new Peer("mallory"), quiet = new Peer("quiet");
  const peers = [alice, bob, mallory, quiet];
  const overheads = new Overheads((asked) =>
    new Map(peers.filter(({ ends }) => asked.has(ends)).map((peer) => [peer.ends, peer.brought]))
  );
  const budgets = new Budgets({ lines: 4, requests: 50 });
  const budget = budgets.open("10.0.0.1", "lines");
  const spent: number[] = [];
  budget.spend = (milliseconds) => void spent.push(milliseconds);
  for (const peer of peers) overheads.opened(peer, budget);
  // Each character in a record of its own; a page of text; 30 records of padding and a byte.
  Object.assign(alice, { said: 100_000, brought: 2_300_000 });
  Object.assign(bob, { said: 1_000_000, brought: 1_010_000 });
  Object.assign(mallory, { said: 1, brought: 480_000 });
  overheads.look();
  assertEquals(peers.map(({ isEnded }) => isEnded), [false, false, true, false]);
  assertEquals(spent.map(Math.round), [5]);
  // Many keys that are renewed add up.
  overheads.closed(mallory);
  Object.assign(quiet, { said: 100, brought: 140_000 });
  overheads.look();
  assertEquals([quiet.isEnded, bob.isEnded], [true, false]);
  for (const peer of peers) overheads.closed(peer);
  budget.close();
});

Deno.test({
  name: "the system tells how much a socket has received",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    using client = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using server = await listener.accept();
    using other = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
    using another = await listener.accept();
    await client.write(new Uint8Array(5_000));
    const buffer = new Uint8Array(8_000);
    for (let read = 0; read < 5_000;) read += await server.read(buffer) ?? 0;
    const asked = new Set([server, another].map(endsText));
    assertEquals([...bytesReceived(asked)].toSorted(), [[endsText(server), 5_000], [endsText(another), 0]].toSorted());
    assertEquals(other.localAddr.port, another.remoteAddr.port);
  },
});
