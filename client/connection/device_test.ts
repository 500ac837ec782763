import { assertEquals } from "@std/assert";
import type { ClientOptions } from "../client.ts";
import { Person } from "../testing.ts";
import type { KeptSecret } from "./device.ts";

const CAPABILITIES = "batch echo-message labeled-response sasl=PLAIN teahouse.chat/device";
const REQUEST = "CAP REQ :batch echo-message labeled-response sasl teahouse.chat/device";

/** A place for a secret, in memory, and what was done there. */
function place(secret?: string): KeptSecret & { done: string[] } {
  const kept = {
    secret,
    name: "terminal on Linux",
    done: [] as string[],
    keep: (given: string) => {
      kept.secret = given;
      kept.done.push(`keep ${given}`);
    },
    used: () => void kept.done.push("used"),
    forget: () => {
      kept.secret = undefined;
      kept.done.push("forget");
    },
  };
  return kept;
}

const SECRET = "Zm9ydHktdHdvLXRlYS1sZWF2ZXMtaW4tYS1wb3Q";

/** Somebody who connects to a server with devices, up to where it waits for the next line. */
async function comes(nick: string, options: Partial<ClientOptions>): Promise<Person> {
  const person = new Person(nick, { isEncrypted: true, ...options });
  await greets(person);
  return person;
}

/** Takes a connection up to the capabilities. */
async function greets(person: Person): Promise<void> {
  await person.server.rest();
  await person.server.says(`CAP * LS :${CAPABILITIES}`);
  await person.server.sees(REQUEST);
  await person.server.says(`CAP * ACK :${REQUEST.slice(REQUEST.indexOf(":") + 1)}`);
}

/** Loses the connection, and connects again. */
async function comesBack(person: Person): Promise<void> {
  await person.server.hangsUp();
  await person.clock.advance(1_000);
  await greets(person);
}

Deno.test("Connection asks for a device, keeps its secret once it is in, and comes back by it", async () => {
  const device = place();
  const bob = await comes("bob", { device });
  await bob.server.sees("DEVICE NEW :terminal on Linux");
  await bob.server.says(`DEVICE SECRET ${SECRET}`);
  await bob.server.sees("CAP END");
  assertEquals(device.done, [], "the server keeps no device of somebody who is not let in");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(device.done, [`keep ${SECRET}`]);
  await comesBack(bob);
  await bob.server.sees(`DEVICE RESUME ${SECRET}`);
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(device.done.at(-1), "used");
  assertEquals(bob.heard(), []);
  await bob.leaves();
});

Deno.test("Connection keeps another secret that the server gives its device: at once, or when its person has come in", async () => {
  const [second, third] = ["second".repeat(6), "third".repeat(7)];
  const device = place();
  const bob = await comes("bob", { device });
  await bob.server.sees("DEVICE NEW :terminal on Linux");
  await bob.server.says(`DEVICE SECRET ${SECRET}`);
  await bob.server.sees("CAP END");
  await bob.server.says(`DEVICE SECRET ${second}`);
  assertEquals(device.done, []);
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(device.done, [`keep ${second}`]);
  await bob.server.says(`DEVICE SECRET ${third}`);
  assertEquals(device.done.at(-1), `keep ${third}`);
  await bob.server.says("DEVICE SECRET not:a:secret");
  assertEquals(device.done.at(-1), `keep ${third}`);
  await comesBack(bob);
  await bob.server.sees(`DEVICE RESUME ${third}`);
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("CAP END");
  await bob.leaves();
});

Deno.test("Connection asks for no device without the capability, or where it is to come as somebody new", async () => {
  const bob = new Person("bob", { device: place(SECRET) });
  await bob.server.welcomes("bob");
  await bob.leaves();
  const carol = await comes("carol", {});
  await carol.server.sees("CAP END");
  await carol.server.hangsUp();
  await carol.ended;
});

Deno.test("Connection forgets a secret that is refused, says so, and comes in as somebody new", async () => {
  const device = place(SECRET);
  const bob = await comes("bob", { device });
  await bob.server.sees(`DEVICE RESUME ${SECRET}`);
  await bob.server.says("FAIL DEVICE INVALID_SECRET :No device has that secret, or it was signed out");
  await bob.server.sees("DEVICE NEW :terminal on Linux");
  await bob.server.says("DEVICE SECRET bmV3LW5ldy1uZXctbmV3LW5ldw");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(device.done, ["forget", "keep bmV3LW5ldy1uZXctbmV3LW5ldw"]);
  assertEquals(bob.heard(), [
    "tea.example:8888 does not know you from before any more (you were logged out from elsewhere, or away for long): " +
    "you come as somebody new.",
  ]);
  await bob.leaves();
});

Deno.test("Connection keeps a secret that the server does not take now, and comes in", async () => {
  for (const answer of ["FAIL DEVICE TEMPORARILY_UNAVAILABLE :Later", undefined]) {
    const device = place(SECRET);
    const bob = await comes("bob", { device });
    await bob.server.sees(`DEVICE RESUME ${SECRET}`);
    if (answer === undefined) await bob.clock.advance(10_000);
    else await bob.server.says(answer);
    await bob.server.sees("CAP END");
    await bob.server.says(":tea 001 bob :Welcome");
    assertEquals(device.done, []);
    await bob.leaves();
  }
});

Deno.test("Connection keeps no secret that could not be said again", async () => {
  for (const secret of ["", "short", "two words that are long enough", "x".repeat(201)]) {
    const device = place();
    const bob = await comes("bob", { device });
    await bob.server.sees("DEVICE NEW :terminal on Linux");
    await bob.server.says(`DEVICE SECRET :${secret}`);
    await bob.server.sees("CAP END");
    await bob.server.says(":tea 001 bob :Welcome");
    assertEquals(device.done, []);
    await bob.leaves();
  }
});

Deno.test("Connection takes the nick that its device had last, unless the person has chosen one", async () => {
  const bob = await comes("guest-1", { device: place(SECRET), isNickSuggested: true });
  await bob.server.sees(`DEVICE RESUME ${SECRET}`);
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("NICK bob", "CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(bob.heard(), []);
  await bob.leaves();
  const carol = await comes("carol", { device: place(SECRET) });
  await carol.server.sees(`DEVICE RESUME ${SECRET}`);
  await carol.server.says("DEVICE OK bob");
  await carol.server.sees("CAP END");
  await carol.server.says(":tea 001 carol :Welcome");
  await carol.leaves();
});

Deno.test("Connection asks again for a nick that was refused before the server knew whose it is", async () => {
  const bob = new Person("bob", { device: place(SECRET) });
  await bob.server.rest();
  await bob.server.says(`CAP * LS :${CAPABILITIES}`, ":tea 433 * bob :Nickname is already in use");
  await bob.server.sees(REQUEST);
  await bob.server.says(`CAP * ACK :${REQUEST.slice(REQUEST.indexOf(":") + 1)}`);
  await bob.server.sees(`DEVICE RESUME ${SECRET}`);
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("NICK bob", "CAP END");
  // It is somebody else's after all.
  await bob.server.says(":tea 433 * bob :Nickname is already in use");
  await bob.server.sees("NICK bob_2");
  await bob.server.says(":tea 001 bob_2 :Welcome");
  assertEquals(bob.heard(), ["The nick bob is in use: you are bob_2 (/nick changes it)."]);
  await bob.leaves();
});

Deno.test("Connection is told that its person is in the room under another nick, and keeps that", async () => {
  const bob = await comes("robert", { device: place(SECRET) });
  await bob.server.sees(`DEVICE RESUME ${SECRET}`);
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(bob.heard(), ["You are here already, as bob, so you are not robert: /nick changes it everywhere."]);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await bob.server.sees("CAP LS 302", "NICK bob");
  await bob.server.hangsUp();
  await bob.leaves();
});

Deno.test("a device that stays logged in is told whose it is, and no password is kept beside it", async () => {
  const login = { account: "bob", password: "tea leaf" };
  const bob = await comes("bob", { device: place(SECRET), login });
  await bob.server.sees(`DEVICE RESUME ${SECRET}`);
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says("AUTHENTICATE +");
  await bob.server.rest();
  await bob.server.says(":tea 900 bob bob!~tea@host bob :in", ":tea 903 bob :done");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(bob.heard(), ["You are logged in as bob."]);
  await comesBack(bob);
  await bob.server.sees(`DEVICE RESUME ${SECRET}`);
  await bob.server.says(":tea 900 bob bob!~tea@host bob :in", "DEVICE OK bob bob");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals([bob.client.state.account, bob.heard()], ["bob", []]);
  await bob.leaves();
});

Deno.test("a page asks who its cookie says that it is, and does not come in where nobody is known", async () => {
  const options = { device: "transport", isKnownOnly: true, isNickSuggested: true } as const;
  const alice = await comes("guest-1", options);
  await alice.server.sees("DEVICE STATUS");
  await alice.server.says("DEVICE OK 爱丽丝");
  await alice.server.sees("NICK 爱丽丝", "CAP END");
  await alice.server.says(":tea 001 爱丽丝 :Welcome");
  assertEquals(alice.heard(), []);
  // Once it is in it comes back in any case: a room without a file forgets all devices when it is opened anew.
  await comesBack(alice);
  await alice.server.sees("DEVICE STATUS");
  await alice.server.says("DEVICE OK *");
  await alice.server.sees("CAP END");
  await alice.server.says(":tea 001 爱丽丝 :Welcome");
  await alice.leaves();
  for (const answer of ["DEVICE OK *", "DEVICE NONE", "FAIL DEVICE NEED_CAPABILITY x :no"]) {
    const bob = await comes("guest-1", options);
    await bob.server.sees("DEVICE STATUS");
    await bob.server.says(answer);
    assertEquals(await bob.ended, "tea.example:8888 does not know you from before.");
    assertEquals(await bob.server.rest(), []);
  }
});

Deno.test("a page whose device was logged out elsewhere does not come back as somebody else: what it shows is the account's", async () => {
  const alice = await comes("alice", { device: "transport" });
  await alice.server.sees("DEVICE STATUS");
  await alice.server.says(":tea 900 * *!~tea@host alice :in", "DEVICE OK alice alice");
  await alice.server.sees("CAP END");
  await alice.server.says(":tea 001 alice :Welcome");
  await comesBack(alice);
  await alice.server.sees("DEVICE STATUS");
  await alice.server.says("DEVICE OK *");
  assertEquals(await alice.ended, "This device was logged out of alice.");
  // Who has logged out here is a guest of their own will, and comes back.
  const bob = await comes("bob", { device: "transport" });
  await bob.server.sees("DEVICE STATUS");
  await bob.server.says(":tea 900 * *!~tea@host bob :in", "DEVICE OK bob bob");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome", ":tea 901 bob bob!~tea@host :You are now logged out");
  await comesBack(bob);
  await bob.server.sees("DEVICE STATUS");
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  await bob.leaves();
});

Deno.test("Connection makes the device nobody's before somebody new comes in, and once", async () => {
  const bob = await comes("bob", { device: "transport", isSomebodyNew: true });
  await bob.server.sees("DEVICE RELEASE");
  await bob.server.says(":tea 901 * *!~tea@host :You are now logged out", "DEVICE OK *");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  assertEquals(bob.heard(), []);
  await comesBack(bob);
  await bob.server.sees("DEVICE STATUS");
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome");
  await bob.leaves();
});

Deno.test("Connection does not come in where the login that it needs is refused", async () => {
  const bob = await comes("bob", {
    device: "transport",
    isLoginNeeded: true,
    login: { account: "bob", password: "wrong" },
  });
  await bob.server.sees("DEVICE STATUS");
  await bob.server.says("DEVICE OK *");
  await bob.server.sees("AUTHENTICATE PLAIN");
  await bob.server.says(":tea 904 * :SASL authentication failed");
  assertEquals(
    await bob.ended,
    "You are not logged in as bob: that is not its password, or there is no such account.",
  );
  assertEquals(await bob.server.rest(), []);
});

/** Bob's client, whose device is known. @param joins What brings back its channels. */
async function isBroughtBack(options: Partial<ClientOptions>, ...joins: string[]): Promise<Person> {
  const bob = await comes("bob", { device: "transport", ...options });
  await bob.server.sees("DEVICE STATUS");
  await bob.server.says("DEVICE OK bob");
  await bob.server.sees("CAP END");
  await bob.server.says(":tea 001 bob :Welcome", ...joins);
  return bob;
}
const JOINS = [":bob!b@host JOIN #tea", ":bob!b@host JOIN #jasmine"];

Deno.test("Client goes to the channels that its device brings back, and to its own only where there are none", async () => {
  const arrives = async (...joins: string[]) => {
    const bob = await isBroughtBack({ isChannelOptional: true }, ...joins);
    await bob.server.answers((label) => [`@label=${label} DEVICE OK bob`]);
    const sent = (await bob.server.rest()).map((line) => line.replace(/^@label=\S+ /, ""));
    const { target } = bob.client.state;
    await bob.leaves();
    return [target, ...sent];
  };
  assertEquals(await arrives(...JOINS), ["#tea"]);
  assertEquals(await arrives(), [undefined, "JOIN #lobby"]);
});

Deno.test("Client shows the channel that was asked for, although its device brings back others before", async () => {
  const bob = await isBroughtBack({ channel: "#milk", goesToNextChannel: true }, ...JOINS);
  await bob.server.letsIn("bob", "#milk");
  assertEquals(bob.client.state.target, "#milk");
  const targets = bob.told().filter(({ type }) => type === "target");
  assertEquals(targets, [{ type: "target", target: "#milk" }]);
  await bob.leaves();
});

Deno.test("Client shows a channel that its device brought back, where the one that was asked for can't be joined", async () => {
  const bob = await isBroughtBack({ channel: "#milk", goesToNextChannel: true }, ...JOINS);
  await bob.server.answers((label) => [`@label=${label} :tea 474 bob #milk :Cannot join channel (+b)`]);
  assertEquals(bob.client.state.target, "#tea");
  await bob.leaves();
});
