import { assertEquals, assertStringIncludes } from "@std/assert";
import { TIMES } from "./connection.ts";
import { ConnectionError } from "./connection_error.ts";
import type { Transport } from "./transport.ts";
import { MEMORY, Person, turn } from "../testing.ts";
import { SLICE } from "../clock.ts";

Deno.test("Connection negotiates what is offered, over several lines", async () => {
  const bob = new Person("bob");
  await bob.server.sees("CAP LS 302", "NICK bob", "USER teahouse 0 * bob");
  await bob.server.says("CAP * LS * :sasl=PLAIN echo-message", "CAP * LS :server-time draft/x");
  await bob.server.sees("CAP REQ :echo-message sasl server-time");
  await bob.server.says("CAP bob ACK :echo-message sasl server-time");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  await bob.server.sees("JOIN #lobby", "PING :teahouse-2");
  // What comes later is asked for, what goes is gone.
  await bob.server.says("CAP bob NEW :away-notify", "CAP bob DEL :echo-message");
  await bob.server.sees("CAP REQ away-notify");
  await bob.leaves();
});

Deno.test("Connection registers with a server that knows no CAP, or refuses it", async () => {
  for (const answer of [":tea 421 bob CAP :Unknown command", "CAP * LS :", "CAP * LS :other/cap"]) {
    const bob = new Person("bob", { password: "s3cret :x" });
    await bob.server.sees("CAP LS 302", "PASS :s3cret :x", "NICK bob", "USER teahouse 0 * bob");
    await bob.server.says(answer);
    await bob.server.says(":tea 001 bob :Welcome");
    assertEquals(bob.told()[0], { type: "connected", server: "tea.example:8888", nick: "bob", again: false });
    await bob.leaves();
  }
});

Deno.test("Connection takes another nick where its own is in use, and says so", async () => {
  const bob = new Person("bob");
  await bob.server.sees("CAP LS 302", "NICK bob", "USER teahouse 0 * bob");
  await bob.server.says(":tea 433 * bob :in use");
  await bob.server.sees("NICK bob_2");
  await bob.server.says(":tea 433 * bob_2 :in use");
  await bob.server.sees("NICK bob_3");
  await bob.server.says(":tea 001 bob_3 :Welcome");
  assertEquals(bob.heard(), ["The nick bob is in use: you are bob_3 (/nick changes it)."]);
  await bob.leaves();
});

Deno.test("Connection says which name the wanted nick looks like, where that is why it cannot be had", async () => {
  const eve = new Person("еvan");
  await eve.server.sees("CAP LS 302", "NICK еvan", "USER teahouse 0 * еvan");
  await eve.server.says(":tea 433 * еvan :еvan looks like evan, the name of an account");
  await eve.server.sees("NICK еvan_2");
  await eve.server.says(":tea 433 * еvan_2 :Nickname is already in use");
  await eve.server.sees("NICK еvan_3");
  await eve.server.says(":tea 001 еvan_3 :Welcome");
  assertEquals(eve.heard(), [
    "The nick еvan looks like evan, which is an account: you are еvan_3 (/nick changes it).",
  ]);
  await eve.leaves();
});

Deno.test("Connection says that the wanted nick is an account's, and how one logs in to it", async () => {
  const bob = new Person("bobby");
  await bob.server.sees("CAP LS 302", "NICK bobby", "USER teahouse 0 * bobby");
  await bob.server.says(":tea 433 * bobby :Nickname is in use by its account");
  await bob.server.sees("NICK bobby_2");
  await bob.server.says(":tea 001 bobby_2 :Welcome");
  const [told] = bob.told().filter(({ type }) => type === "info");
  const text = "bobby is an account: you are bobby_2 now. If the account is yours: /login bobby";
  assertEquals(told, { type: "info", text, ownedBy: "bobby" });
  await bob.leaves();
});

Deno.test("Connection keeps another nick within the bound, in characters", async () => {
  const nick = "茶".repeat(30);
  const bob = new Person(nick);
  await bob.server.sees("CAP LS 302", `NICK ${nick}`, `USER teahouse 0 * ${nick}`);
  await bob.server.says(`:tea 433 * ${nick} :in use`);
  await bob.server.sees(`NICK ${"茶".repeat(28)}_2`);
  await bob.leaves();
});

Deno.test("Connection answers PING before and after it is registered", async () => {
  const bob = new Person("bob");
  await bob.server.sees("CAP LS 302", "NICK bob", "USER teahouse 0 * bob");
  await bob.server.says("PING :cookie with space");
  await bob.server.sees("PONG :cookie with space");
  await bob.server.says(":tea 001 bob :Welcome", "PING 2");
  assertEquals((await bob.server.rest()).at(-1), "PONG :2");
  await bob.leaves();
});

Deno.test("Connection says why the first attempt failed, and does not try again", async () => {
  const bob = new Person("bob", { dial: () => Promise.reject(new Error("connection refused")) });
  assertEquals(await bob.ended, "Cannot connect to tea.example:8888: connection refused.");
  assertEquals(bob.clock.timers, 0);
});

Deno.test("Connection does not come back where dialling says that no attempt can help", async () => {
  let dials = 0;
  const first: ((transport: Transport) => void)[] = [];
  const dial = () => {
    if (dials++ > 0) return Promise.reject(new ConnectionError("It is another server."));
    return new Promise<Transport>((resolve) => first.push(resolve));
  };
  const bob = new Person("bob", { dial });
  const lines = async function* () {
    yield ":tea 001 bob :Welcome";
  };
  first[0]({ lines: lines(), send: () => {}, close: () => {} });
  await bob.clock.advance(60_000);
  assertEquals(await bob.ended, "It is another server.");
  assertEquals([dials, bob.clock.timers], [2, 0]);
});

Deno.test("Connection gives up a dial, and a server that says nothing, within 5 seconds", async () => {
  const dial = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  for (const options of [{ dial }, {}]) {
    const bob = new Person("bob", options);
    await bob.clock.advance(5_000);
    assertStringIncludes(await bob.ended, "Cannot connect to tea.example:8888: ");
    assertEquals(bob.clock.timers, 0);
  }
});

Deno.test("Connection gives up a server that is none of IRC", async () => {
  const bob = new Person("bob");
  await bob.server.says("HTTP/1.1 400 Bad Request");
  await bob.clock.advance(TIMES.register);
  assertEquals(await bob.ended, "Cannot connect to tea.example:8888: it does not answer as an IRC server does.");
});

Deno.test("Connection does not come back where it is refused for good", async () => {
  const refusals = [
    [":tea 464 * :Password incorrect", "the password is wrong or missing"],
    ["ERROR :Bad password", "the password is wrong or missing"],
    [":tea 465 * :go away", "you are banned: go away"],
    [":tea 432 * bob :Erroneous nickname", "bob cannot be a nick there: Erroneous nickname"],
  ];
  for (const [line, why] of refusals) {
    const bob = new Person("bob");
    await bob.server.says(line);
    assertEquals(await bob.ended, `Cannot join tea.example:8888: ${why}.`);
    assertEquals([bob.server.dialled, bob.clock.timers], [1, 0]);
  }
});

Deno.test("Connection notices a server that is gone: 60 seconds of silence, a question, 30 more", async () => {
  const bob = await Person.inLobby("bob");
  await bob.clock.advance(59_000);
  await bob.server.says(":alice PRIVMSG #lobby :hi");
  await bob.clock.advance(59_000);
  assertEquals(await bob.server.rest(), []);
  await bob.clock.advance(1_000);
  await bob.server.sees("PING :teahouse");
  await bob.server.says(":tea PONG tea :teahouse");
  await bob.clock.advance(60_000);
  await bob.server.sees("PING :teahouse");
  bob.told();
  await bob.clock.advance(29_000);
  assertEquals(bob.told(), []);
  await bob.clock.advance(1_000);
  assertEquals(bob.told(), [
    { type: "disconnected", reason: "the room said nothing for 90 seconds", retryMs: 1000 },
  ]);
  await bob.leaves();
});

Deno.test("Connection comes back, ever more slowly, joins its channels and says what was kept", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.writes("before");
  await bob.server.sees("@label=t2 PRIVMSG #lobby :before");
  bob.server.down = "connection refused";
  await bob.server.hangsUp();
  await bob.writes("while away");
  await bob.clock.advance(60_000);
  const waits = bob.told().map((event) => event.type === "disconnected" && event.retryMs);
  assertEquals(waits, [1000, 2000, 4000, 8000, 16000, 30000]);
  bob.server.down = undefined;
  await bob.clock.advance(1_000);
  await bob.server.welcomes("bob");
  await bob.server.sees(
    "JOIN #lobby",
    "@label=t3 PRIVMSG #lobby :before",
    "@label=t4 PRIVMSG #lobby :while away",
  );
  assertEquals(bob.told(), [{ type: "connected", server: "tea.example:8888", nick: "bob", again: true }]);
  // The next time it is quick again, and gives the reason that the server gave.
  await bob.server.says("ERROR :Closing link: (shutting down)");
  await bob.server.hangsUp();
  assertEquals(bob.told(), [
    { type: "disconnected", reason: 'the room says "Closing link: (shutting down)"', retryMs: 1000 },
  ]);
  await bob.leaves();
});

Deno.test("Connection adds chance to the wait, and never waits for more than 30 seconds", async () => {
  const bob = new Person("bob", { random: () => 0.999 });
  await bob.server.welcomes("bob");
  bob.server.down = "connection refused";
  bob.told();
  await bob.server.hangsUp();
  await bob.clock.advance(100_000);
  const waits = bob.told().flatMap((event) => event.type === "disconnected" ? [event.retryMs] : []);
  assertEquals(waits.slice(0, 5), [1999, 3998, 7996, 15992, 30000]);
  await bob.leaves();
});

Deno.test("Connection takes its nick back once its own ghost is gone", async () => {
  const bob = await Person.inLobby("bob", "alice");
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await bob.server.sees("CAP LS 302", "NICK bob", "USER teahouse 0 * bob");
  await bob.server.says(":tea 433 * bob :in use");
  await bob.server.sees("NICK bob_2");
  await bob.server.says(":tea 001 bob_2 :Welcome", ":bob_2!b@host JOIN #lobby", ":alice QUIT :bye");
  await bob.server.sees("JOIN #lobby");
  await bob.server.says(":bob!b@host QUIT :ping timeout");
  await bob.server.sees("NICK bob");
  await bob.leaves();
});

Deno.test("Connection does not take a nick that it never had", async () => {
  const bob = new Person("bob");
  await bob.server.says(":tea 433 * bob :in use", ":tea 001 bob_2 :Welcome");
  await bob.server.rest();
  await bob.server.says(":bob!other@host QUIT :bye");
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("Connection gives up coming back after the time that it has", async () => {
  const bob = new Person("bob", { giveUpMs: 30_000 });
  await bob.server.welcomes("bob");
  bob.server.down = "connection refused";
  await bob.server.hangsUp();
  await bob.clock.advance(40_000);
  assertEquals(await bob.ended, "Cannot come back to tea.example:8888: connection refused.");
});

Deno.test("Connection gives the server time to confirm before it leaves, and not too much", async () => {
  const bob = await Person.inLobby("bob");
  await bob.writes("hello");
  await bob.server.sees("@label=t2 PRIVMSG #lobby :hello");
  const left = bob.client.quit("bye", 2_000);
  await bob.clock.advance(1_000);
  assertEquals(await bob.server.rest(), []);
  await bob.server.says("@label=t2 :bob!~tea@host PRIVMSG #lobby :hello");
  assertEquals(await left, 0);
  await bob.server.sees("QUIT :bye");
  await bob.server.hangsUp();
  assertEquals(await bob.ended, "left");
  assertEquals(bob.told().map(({ type }) => type), ["message"]);

  const alice = await Person.inLobby("alice");
  await alice.writes("hello");
  const leaving = alice.client.quit("bye", 2_000);
  await alice.clock.advance(2_000);
  assertEquals(await leaving, 1);
  // The server does not even close: neither is that waited for.
  await alice.clock.advance(TIMES.farewell);
  assertEquals([await alice.ended, alice.clock.timers], ["left", 0]);
});

Deno.test("Connection leaves at once while it waits to come back, or dials", async () => {
  const bob = await Person.inLobby("bob");
  await bob.server.hangsUp();
  await bob.client.quit();
  assertEquals([await bob.ended, bob.clock.timers], ["left", 0]);
  const dial = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const alice = new Person("alice", { dial });
  await alice.client.quit();
  assertEquals([await alice.ended, alice.clock.timers], ["left", 0]);
});

Deno.test("Connection tries again at once when it is asked to, and leaves no timer of the wait", async () => {
  const bob = await Person.inLobby("bob");
  await bob.server.hangsUp();
  const { timers } = bob.clock;
  assertEquals([bob.client.isConnected, timers], [false, 1]);
  bob.client.retry();
  await turn();
  await bob.server.welcomes("bob");
  assertEquals(bob.client.isConnected, true);
  bob.client.retry();
  await bob.leaves();
});

Deno.test("Connection passes over lines that are none", async () => {
  const bob = await Person.inLobby("bob");
  await bob.server.says("", "::::", "@ :x", ":alice PRIVMSG #lobby :still here");
  assertEquals(bob.heard(), ["still here"]);
  await bob.leaves();
});

Deno.test("Connection lets timers and keys have their turn while lines come that take long", async () => {
  let taken = 0;
  const bob: Person = await Person.hearing("bob", MEMORY, {
    onEvent: ({ type }) => {
      if (type !== "message") return;
      taken++;
      bob?.clock.spend(SLICE / 2);
    },
  });
  taken = 0;
  const rings: number[] = [];
  bob.clock.after(SLICE, () => rings.push(taken));
  await bob.server.says(...Array.from({ length: 100 }, (_, i) => `:alice!a@h PRIVMSG #lobby :${i}`));
  assertEquals(taken, 2);
  await bob.clock.advance(1_000);
  // All came in their order, and the timer in between.
  assertEquals([taken, rings], [100, [2]]);
  await bob.leaves();
});

Deno.test("Connection takes no line any more once it has hung up, and quit() said again hangs up at once", async () => {
  let taken = 0;
  const bob: Person = await Person.hearing("bob", MEMORY, {
    onEvent: ({ type }) => {
      if (type !== "message") return;
      taken++;
      bob?.clock.spend(SLICE);
    },
  });
  taken = 0;
  await bob.writes("a line that nobody confirms");
  await bob.server.says(...Array.from({ length: 100 }, (_, i) => `:eve!e@h PRIVMSG #lobby :${i}`));
  const first = bob.client.quit("bye");
  assertEquals(await bob.client.quit("bye"), 1);
  await bob.clock.advance(0);
  assertEquals([await bob.ended, taken], ["left", 1]);
  await bob.clock.advance(2_000);
  assertEquals([await first, bob.clock.timers], [1, 0]);
});

Deno.test("Connection takes back a nick that was this person's before, and no other that is in use", async () => {
  for (const isOwnNick of [true, false]) {
    const bob = new Person("bob", { isOwnNick });
    await bob.server.sees("CAP LS 302", "NICK bob", "USER teahouse 0 * bob");
    await bob.server.says(":tea 433 * bob :in use");
    await bob.server.sees("NICK bob_2");
    await bob.server.says(":tea 001 bob_2 :Welcome");
    await bob.server.rest();
    assertEquals(bob.client.connection.nick.kept, isOwnNick ? "bob" : "bob_2");
    await bob.server.says(":bob!~tea@host QUIT :Ping timeout");
    assertEquals(await bob.server.rest(), isOwnNick ? ["NICK bob"] : []);
    await bob.leaves();
  }
});
