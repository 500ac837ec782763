/**
 * The client of a server that is stopped and started again: afterwards the client has every line that was said, once.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Client } from "../client/client.ts";
import type { ClientEvent } from "../client/state/events.ts";
import { isSpeech } from "../client/state/line.ts";
import { connectTcp } from "../terminal/tcp.ts";
import { openFolder, openRoom, until } from "./room.ts";

/** A client of a room, which may be kept from it. */
class Guest implements AsyncDisposable {
  port: number;
  readonly events: ClientEvent[] = [];
  /** Nobody gets a connection before it resolves. */
  gate: Promise<void> = Promise.resolve();
  readonly client: Client;
  readonly #running: Promise<void>;

  constructor(nick: string, port: number) {
    this.port = port;
    this.client = new Client({
      dial: async (signal) => {
        await this.gate;
        return await connectTcp("127.0.0.1", this.port, signal);
      },
      address: "the room",
      nick,
      channel: "lobby",
      random: () => 0,
      onEvent: (event) => this.events.push(event),
      onLeave: () => {},
    });
    this.#running = this.client.run();
  }

  get lines(): string[] {
    const lines = this.client.state.find("#lobby")?.lines ?? [];
    return lines.filter(isSpeech).map(({ from, text }) => `${from}: ${text}`);
  }

  /** Waits until it has been told of such an event, and gives it. */
  async told<T extends ClientEvent["type"]>(type: T): Promise<Extract<ClientEvent, { type: T }>> {
    const is = (event: ClientEvent): event is Extract<ClientEvent, { type: T }> => event.type === type;
    return await until(type, () => this.events.find(is), () => JSON.stringify(this.events));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.quit();
    await this.#running;
  }
}

Deno.test("a client that comes back after a restart has missed nothing, and has nothing twice", async () => {
  await using folder = await openFolder();
  const flags = ["--db", `${folder.path}/tea.db`];
  const gate = Promise.withResolvers<void>();
  const rooms = new AsyncDisposableStack();
  const first = rooms.use(await openRoom(flags));
  await using bob = new Guest("bob", first.port);
  const alice = await first.person("alice", { join: "#lobby" });
  await bob.told("history");
  await alice.send("PRIVMSG #lobby :one");
  await until("one", () => bob.lines.includes("alice: one") || undefined);
  await bob.client.input("two");
  await bob.client.delivered();
  bob.gate = gate.promise;
  await rooms.disposeAsync();
  await bob.told("disconnected");
  // Written while nobody is there, and said once the room is open again.
  void bob.client.input("five");

  await using second = await openRoom(flags);
  bob.port = second.port;
  const back = await second.person("alice", { join: "#lobby" });
  await back.send("PRIVMSG #lobby :three 茶", "PRIVMSG #lobby :four");
  await back.everything();
  bob.events.length = 0;
  gate.resolve();
  await bob.client.delivered();
  assertEquals(bob.lines, ["alice: one", "bob: two", "alice: three 茶", "alice: four", "bob: five"]);
  const { place, events } = await bob.told("history");
  assertEquals([place, events.map((event) => "text" in event ? event.text : "")], ["missed", ["three 茶", "four"]]);

  await bob.client.input("/search 茶");
  assertEquals((await bob.told("search")).found.map(({ from, text }) => `${from}: ${text}`), ["alice: three 茶"]);
  await bob.client.input("/forget");
  await bob.told("redaction");
  assertEquals(bob.lines.at(-1), "bob: ");
  assertEquals(bob.client.refusals, 0);
});
