import { ENGLISH } from "../sentences.ts";
import { assertEquals } from "@std/assert";
import { Person } from "../testing.ts";

/** bob, in #lobby of a server that has the bans of ours. */
async function bobWhoMayBan(tokens = "EXTBAN=~,amt WHOX"): Promise<Person> {
  const bob = await Person.hearing("bob");
  await bob.server.says(`:tea 005 bob ${tokens} :are supported`);
  return bob;
}

/** Answers the client's question who somebody is: their host, and their account where they have one. */
function isKnown(person: Person, nick: string, host: string, account = "0"): Promise<string> {
  return person.server.answers((label) => [
    `@label=${label} BATCH +w labeled-response`,
    `@batch=w :tea 354 ${person.client.state.nick} 113 u ${host} ${nick} ${account}`,
    `@batch=w :tea 315 ${person.client.state.nick} ${nick} :End of WHO list`,
    "BATCH -w",
  ]);
}

/** Takes the client's next line as done; gives it. */
function done(person: Person): Promise<string> {
  return person.server.answers((label) => [`@label=${label} :tea ACK`]);
}

/** Answers the client's question for the list of bans. */
function lists(person: Person, ...masks: string[]): Promise<string> {
  return person.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    ...masks.map((mask) => `@batch=1 :tea 367 bob #lobby ${mask} alice!a@host 1795590941`),
    "@batch=1 :tea 368 bob #lobby :End",
    "BATCH -1",
  ]);
}

Deno.test("/ban bans the host, so that a new nick is of no use, but a nick where others share its host", async () => {
  const bans = [
    ["/ban carol too loud", "10.0.0.8", "*!*@10.0.0.8", "KICK #lobby carol :too loud"],
    ["/ban carol", "host", "carol!*@*", "KICK #lobby :carol"],
  ];
  for (const [line, host, mask, kick] of bans) {
    // A server without extended masks, which tells nothing when it is asked.
    const bob = await Person.hearing("bob");
    await bob.server.says(`:carol!c@x CHGHOST c ${host}`);
    assertEquals(await bob.sends(line), [`MODE #lobby +b ${mask}`]);
    assertEquals(bob.heard(), ["carol is banned from #lobby. /unban carol ends that."]);
    assertEquals((await bob.server.rest()).map((line) => line.replace(/^@\S+ /, "")), [kick]);
    await bob.leaves();
  }
});

Deno.test("/ban and /mute cover the account of who has one, and end by themselves where a time is given", async () => {
  const cases: [line: string, account: string, mode: string, answer: string][] = [
    ["/ban carol", "Carol", "+bb ~a:Carol *!*@9.9.9.9", "carol is banned from #lobby. /unban carol ends that."],
    ["/ban carol 1h", "0", "+b ~t:60:*!*@9.9.9.9", "carol is banned from #lobby for 1 hour. /unban carol ends that."],
    [
      "/ban carol 1d12h x",
      "c",
      "+bb ~t:2160:~a:c ~t:2160:*!*@9.9.9.9",
      "carol is banned from #lobby for 1 day 12 hours. /unban carol ends that.",
    ],
    [
      "/mute carol 10M",
      "0",
      "+b ~t:10:~m:*!*@9.9.9.9",
      "carol cannot talk in #lobby for 10 minutes. /unmute carol ends that.",
    ],
    ["/mute carol", "c", "+bb ~m:~a:c ~m:*!*@9.9.9.9", "carol cannot talk in #lobby. /unmute carol ends that."],
  ];
  for (const [line, account, mode, answer] of cases) {
    const bob = await bobWhoMayBan();
    await bob.writes(line);
    assertEquals(await isKnown(bob, "carol", "9.9.9.9", account), "WHO carol %tuhna,113");
    assertEquals(await done(bob), `MODE #lobby ${mode}`);
    // What was asked for by itself is not shown.
    assertEquals(bob.heard(), [answer]);
    const kicks = (await bob.server.rest()).map((line) => line.replace(/^@\S+ /, ""));
    const reason = line.endsWith("x") ? " x" : "";
    assertEquals(kicks, line.startsWith("/ban") ? [`KICK #lobby ${reason === "" ? ":carol" : "carol :x"}`] : []);
    await bob.leaves();
  }
});

Deno.test("/ban throws nobody out whom it could not ban, nor for a mask", async () => {
  const bob = await Person.hearing("bob");
  assertEquals(await bob.sends("/ban *!*@10.0.0.7"), ["MODE #lobby +b *!*@10.0.0.7"]);
  bob.told();
  await bob.writes("/ban carol");
  await bob.server.answers((label) => [`@label=${label} :tea 482 bob #lobby :You're not channel operator`]);
  assertEquals([bob.heard(), await bob.server.rest()], [["Only an operator of #lobby may do that."], []]);
  await bob.leaves();
});

Deno.test("/ban and /mute say what cannot be done, and send nothing", async () => {
  const bob = await Person.hearing("bob");
  for (const line of ["/mute carol", "/ban carol 1h", "/ban BOB"]) assertEquals(await bob.sends(line), []);
  await bob.server.says(":tea 005 bob EXTBAN=~,mt :are supported");
  for (const line of ["/ban carol 0m", "/mute carol 366d", "/ban"]) assertEquals(await bob.sends(line), []);
  assertEquals(bob.heard(), [
    "This room has no mutes: /mode +m and /voice do as much.",
    "Nothing ends by itself in this room: /ban carol, and later /unban carol.",
    "You cannot ban yourself.",
    '"0m" is no time from 1m (a minute) to 365d.',
    '"366d" is no time from 1m (a minute) to 365d.',
    "Usage: /ban <nick|mask> [time] [reason]",
  ]);
  await bob.leaves();
});

Deno.test("/bans lists who is banned, and for how long", async () => {
  const bob = await bobWhoMayBan();
  await bob.writes("/bans");
  assertEquals(await lists(bob, "Dave!*@*", "*!*@10.0.0.9", "~m:~a:eve", "*!*@10.*"), "MODE #lobby b");
  assertEquals(bob.heard(), [
    "Dave is banned from #lobby (by alice)",
    "everybody at 10.0.0.9 (*!*@10.0.0.9) is banned from #lobby (by alice)",
    "the account eve (~a:eve) cannot talk in #lobby (by alice)",
    "*!*@10.* is banned from #lobby (by alice)",
  ]);
  await bob.writes("/bans");
  await lists(bob, "~t:60:dave!*@*");
  assertEquals(
    bob.heard()[0],
    `dave is banned from #lobby until ${ENGLISH.date(new Date(1795594541_000))} (by alice)`,
  );
  await bob.writes("/bans");
  await lists(bob);
  assertEquals(bob.heard(), ["Nobody is banned or muted in #lobby."]);
  await bob.leaves();
});

Deno.test("/unban lifts what bans somebody, by name, address or account, and a mask that is listed", async () => {
  const all = ["~t:60:*!*@9.9.9.9", "~a:carol", "~m:carol!*@*", "*!*@*.example", "CAROL!*@*"];
  const bob = await bobWhoMayBan();
  await bob.writes("/unban carol");
  await lists(bob, ...all);
  await isKnown(bob, "carol", "9.9.9.9");
  assertEquals([await done(bob), await done(bob), await done(bob)], [
    "MODE #lobby -b ~t:60:*!*@9.9.9.9",
    "MODE #lobby -b ~a:carol",
    "MODE #lobby -b CAROL!*@*",
  ]);
  assertEquals(bob.heard(), ["carol can come into #lobby again."]);
  // Lines are paced.
  await bob.clock.advance(5_000);
  await bob.writes("/unmute carol");
  await lists(bob, ...all);
  await isKnown(bob, "carol", "9.9.9.9");
  assertEquals(await done(bob), "MODE #lobby -b ~m:carol!*@*");
  assertEquals(bob.heard(), ["carol can talk in #lobby again."]);
  await bob.writes("/unban *!*@9.9.9.9");
  await lists(bob, ...all);
  assertEquals(await done(bob), "MODE #lobby -b ~t:60:*!*@9.9.9.9");
  bob.told();
  await bob.writes("/unban ~m:carol!*@*");
  await lists(bob, ...all);
  assertEquals(bob.heard(), ["No ban in #lobby is for ~m:carol!*@*: /bans lists them."]);
  await bob.leaves();
});

Deno.test("/ban covers whom others share a host with by account and nick, and who is not there by both names", async () => {
  const bob = await bobWhoMayBan();
  await bob.server.says(":alice!a@x CHGHOST a 9.9.9.9");
  await bob.writes("/ban carol");
  await isKnown(bob, "carol", "9.9.9.9", "Carol");
  assertEquals([await done(bob), await done(bob)], ["MODE #lobby +bb ~a:Carol carol!*@*", "KICK #lobby :carol"]);
  await bob.clock.advance(5_000);
  await bob.server.rest();
  await bob.writes("/mute dave");
  await bob.server.answers((label) => [`@label=${label} :tea 315 bob dave :End of WHO list`]);
  assertEquals(await done(bob), "MODE #lobby +bb ~m:~a:dave ~m:dave!*@*");
  // An address is no nick.
  assertEquals(await bob.sends("/ban 10.0.0.9"), ["MODE #lobby +b *!*@10.0.0.9"]);
  assertEquals(await bob.sends("/ban fe80::1"), ["MODE #lobby +b *!*@fe80::1"]);
  await bob.leaves();
});

Deno.test("/ban sends one line for each entry where the server takes no more", async () => {
  const bob = await bobWhoMayBan("EXTBAN=~,amt WHOX MODES=1");
  await bob.writes("/ban eve");
  await isKnown(bob, "eve", "9.9.9.9", "Eva");
  assertEquals([await done(bob), await done(bob)], ["MODE #lobby +b ~a:Eva", "MODE #lobby +b *!*@9.9.9.9"]);
  await bob.leaves();
});

Deno.test("/unban and /unmute lift all that was set, when the person is gone and whoever has set it", async () => {
  const bob = await bobWhoMayBan();
  await bob.writes("/ban eve");
  await isKnown(bob, "eve", "9.9.9.9", "Eva");
  await done(bob);
  await bob.clock.advance(5_000);
  bob.told();
  // The account has another name, and nobody knows the address any more.
  await bob.writes("/unban eve");
  await lists(bob, "~a:Eva", "*!*@9.9.9.9", "~m:~a:Eva", "*!*@1.1.1.1");
  await bob.server.answers((label) => [`@label=${label} :tea 315 bob eve :End of WHO list`]);
  assertEquals([await done(bob), await done(bob)], ["MODE #lobby -b ~a:Eva", "MODE #lobby -b *!*@9.9.9.9"]);
  assertEquals([bob.heard(), await bob.server.rest()], [["eve can come into #lobby again."], []]);
  await bob.clock.advance(5_000);
  // What another operator has set at one time for both.
  await bob.writes("/unmute eve");
  await bob.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    ...["~m:~a:eve alice!a@h 100", "~m:*!*@9.9.9.9 alice!a@h 100", "~m:*!*@8.8.8.8 alice!a@h 100", "*!*@7.7.7.7 x 100"]
      .map((entry) => `@batch=1 :tea 367 bob #lobby ${entry}`),
    "BATCH -1",
  ]);
  await bob.server.answers((label) => [`@label=${label} :tea 315 bob eve :End of WHO list`]);
  assertEquals([await done(bob), await done(bob)], ["MODE #lobby -b ~m:~a:eve", "MODE #lobby -b ~m:*!*@9.9.9.9"]);
  assertEquals(await bob.server.rest(), []);
  await bob.leaves();
});

Deno.test("/key and /limit close a channel and open it again, and the key is known when it is joined again", async () => {
  const bob = await Person.hearing("bob");
  const lines = [
    ["/key oolong", "MODE #lobby +k oolong"],
    ["/key", "MODE #lobby -k :*"],
    ["/limit 5", "MODE #lobby +l :5"],
    ["/limit", "MODE #lobby :-l"],
  ];
  for (const [line, sent] of lines) {
    assertEquals((await bob.sends(line)).map((line) => line.replaceAll(":", "")), [sent.replaceAll(":", "")]);
  }
  assertEquals(await bob.sends("/limit 0"), []);
  assertEquals(bob.heard(), [
    "#lobby is for those who know the word oolong.",
    "#lobby needs no word any more.",
    "#lobby is full with 5.",
    "#lobby has no limit.",
    '"0" is no number from 1 to 1000000.',
  ]);
  await bob.server.says(":alice!a@host MODE #Lobby +ltk 5 sencha");
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  await bob.server.welcomes("bob");
  assertEquals((await bob.server.rest())[0], "JOIN #lobby sencha");
  await bob.leaves();
});

Deno.test("/kill ends a connection, and says who may not", async () => {
  const bob = await Person.hearing("bob");
  assertEquals(await bob.sends("/kill carol"), ["KILL carol :no reason given"]);
  await bob.writes("/kill carol spam");
  await bob.server.answers((label) => [`@label=${label} :tea 481 bob :Permission Denied`]);
  assertEquals(bob.heard(), [
    "The connection of carol is ended.",
    "Only the room's operators may do that.",
  ]);
  await bob.leaves();
});

Deno.test("/voice gives voice to whoever may be a nick, and so does it to a member whose nick looks like a file's name", async () => {
  const bob = await Person.hearing("bob");
  await bob.server.says(":tea.ogg!u@host JOIN #lobby");
  for (const nick of ["carol", "tea.ogg"]) {
    const given = bob.writes(`/voice ${nick}`);
    assertEquals(await done(bob), `MODE #lobby +v ${nick}`);
    await given;
  }
  await bob.leaves();
});
