/** Bans and mutes on a server that names persons itself: what the client asks for, says, and does not do while it is muted. */

import { assertEquals } from "@std/assert";
import { Person } from "../testing.ts";
import { restrictionsOf } from "./bans.ts";

/** bob, in #lobby of a server that has MUTE and BAN. */
async function bobInOurRoom(): Promise<Person> {
  const bob = await Person.hearing("bob");
  await bob.server.says(":tea 005 bob EXTBAN=~,admt PERSONBAN=d :are supported");
  return bob;
}

/** When a mute of this test ends, and as bob's client says it. */
const UNTIL = "2027-11-27T22:44:00.000Z";
const SAID = new Date(UNTIL).toLocaleString("sv-SE", { dateStyle: "short", timeStyle: "short" });

const MUTED = `:tea NOTE MUTE YOU_ARE_MUTED #lobby alice ${UNTIL} :alice muted you in #lobby until x: rule: be kind`;

/** The events of lines that come back since nobody was told them. */
function unsaid(person: Person): string[] {
  return person.told().flatMap((event) => event.type === "unsaid" ? [event.text] : []);
}

Deno.test("/mute and /ban leave it to the server by what a person is named", async () => {
  const bob = await bobInOurRoom();
  const table = [
    ["/mute carol 10m too loud", "MUTE #lobby carol 10m :too loud"],
    ["/mute carol", "MUTE #lobby carol :0"],
    ["/ban carol 1d12h", "BAN #lobby carol :2160m"],
    ["/ban carol spam", "BAN #lobby carol 0 :spam"],
    ["/ban *!*@10.0.0.7", "BAN #lobby *!*@10.0.0.7 :0"],
    ["/unmute carol", "UNMUTE #lobby :carol"],
    ["/unban carol", "UNBAN #lobby :carol"],
  ];
  const plain = (line: string) => line.replaceAll(" :", " ");
  for (const [line, command] of table) {
    assertEquals((await bob.sends(line)).map(plain), [plain(command)]);
    // What was done is told by the server's answer alone.
    assertEquals(bob.heard(), [], line);
  }
  assertEquals(await bob.sends("/mute carol 10x"), []);
  assertEquals(await bob.sends("/mute bob"), []);
  assertEquals(bob.heard(), ['"10x" is no time from 1m (a minute) to 365d.', "You cannot mute yourself."]);
  await bob.leaves();
});

Deno.test("What the server answers an operator is said in the client's words", async () => {
  const bob = await bobInOurRoom();
  const table = [
    [
      `NOTE MUTE MUTED #lobby carol ${UNTIL} account,device :words of the server`,
      `carol cannot talk in #lobby until ${SAID}. This holds for their account and their device. /unmute carol ends that.`,
    ],
    [
      "NOTE BAN BANNED #lobby carol * address :words of the server",
      "carol is banned from #lobby. This holds for everybody at their address. /unban carol ends that.",
    ],
    ["NOTE UNMUTE UNMUTED #lobby carol :words", "carol can talk in #lobby again."],
    ["NOTE UNBAN UNBANNED #lobby carol :words", "carol can come into #lobby again."],
    [
      "FAIL MUTE IS_OPERATOR #lobby carol :words",
      "carol is an operator of #lobby, who can always talk: /deop carol first.",
    ],
    ["FAIL UNMUTE NOT_MUTED #lobby carol :words", "No mute in #lobby is for carol: /bans lists them."],
    [
      "WARN UNMUTE STILL_COVERED #lobby carol *!*@10.* :words",
      "carol is still banned, as *!*@10.* is, which is for others as well: /bans lists all.",
    ],
    [
      "WARN UNMUTE STILL_COVERED #lobby carol ~m:*!*@10.0.0.7 :words",
      "carol is still muted, as everybody at 10.0.0.7 is, which is for others as well: /bans lists all.",
    ],
    [
      "WARN UNMUTE STILL_COVERED #lobby carol ~t:10:~d:270022b93c20/carol :words",
      "carol is still banned: /unban carol ends that.",
    ],
    [
      "WARN UNBAN STILL_COVERED #lobby carol ~m:~a:carol :words",
      "carol is still muted: /unmute carol ends that.",
    ],
    [
      "FAIL INVITE TARGET_BANNED carol #lobby :words",
      "carol is banned from #lobby, and an invitation does not change that: /unban carol first.",
    ],
  ];
  for (const [line, sentence] of table) {
    await bob.server.says(`:tea ${line}`);
    assertEquals(bob.heard(), [sentence]);
  }
  await bob.leaves();
});

Deno.test("The answer to an operator says the reason, and what MODE and KICK have told is marked as told", async () => {
  const bob = await bobInOurRoom();
  const by = (nick: string, line: string) => `:${nick}!${nick === "bob" ? "~tea" : "a"}@host ${line}`;
  const untold = () => bob.client.state.find("#lobby")!.lines.filter(({ isTold }) => !isTold).map(({ text }) => text);
  const before = untold();
  const acts = async (written: string, ...told: string[]) => {
    await bob.writes(written);
    await bob.server.answers((label) => [
      `@label=${label} BATCH +1 labeled-response`,
      ...told.map((line) => `@batch=1 ${line}`),
      "BATCH -1",
    ]);
    return bob.heard().filter((line) => line.includes(" #lobby"));
  };
  assertEquals(
    await acts(
      "/mute carol 10m too loud",
      by("bob", "MODE #lobby +b ~t:10:~m:~d:000000000001/carol"),
      `:tea NOTE MUTE MUTED #lobby carol ${UNTIL} device :words`,
    ),
    [`carol cannot talk in #lobby until ${SAID} (too loud). This holds for their device. /unmute carol ends that.`],
  );
  assertEquals(untold(), before);
  await bob.server.says(by("carol", "JOIN #lobby"));
  assertEquals(
    await acts(
      "/ban carol 1h spam",
      by("bob", "MODE #lobby +b ~t:60:~d:000000000001/carol"),
      by("bob", "KICK #lobby carol :Banned until 12:10 UTC: spam"),
      `:tea NOTE BAN BANNED #lobby carol ${UNTIL} device :words`,
    ),
    [`carol is banned from #lobby until ${SAID} (spam). This holds for their device. /unban carol ends that.`],
  );
  assertEquals(
    await acts(
      "/unban carol",
      by("bob", "MODE #lobby -bb ~t:60:~d:000000000001/carol ~t:60:~a:carol"),
      ":tea NOTE UNBAN UNBANNED #lobby carol :words",
    ),
    ["carol can come into #lobby again."],
  );
  // What others do, and what is done to others, stays.
  const kept = untold();
  assertEquals(kept, [...before, ""]);
  await bob.server.says(
    by("alice", "MODE #lobby +m"),
    by("alice", "MODE #lobby +b ~t:10:~m:~d:000000000002/eve"),
    by("dave", "MODE #lobby +b ~m:~d:000000000003/bob"),
    MUTED.replace("#lobby alice", "#lobby dave"),
  );
  assertEquals(untold(), [...kept, "+m", "+b ~t:10:~m:~d:000000000002/eve"]);
  // So is the end of what this person could not do, by an operator and by the time; not that of another's.
  await bob.server.says(
    by("alice", "MODE #lobby -b ~t:10:~m:~d:000000000002/eve"),
    by("dave", "MODE #lobby -b ~m:~d:000000000003/bob"),
    ":tea NOTE UNMUTE YOU_MAY_TALK #lobby dave :words",
    ":tea.example MODE #lobby -b ~t:10:~m:~d:000000000003/bob",
    ":tea NOTE UNMUTE YOU_MAY_TALK #lobby * :words",
  );
  const eve = "b ~t:10:~m:~d:000000000002/eve";
  assertEquals(untold(), [...kept, "+m", `+${eve}`, `-${eve}`]);
  await bob.leaves();
});

Deno.test("/bans tells each person once, with the reason", async () => {
  const bob = await bobInOurRoom();
  const listed = (mask: string, at = "2026-11-25T12:00:00.000Z", until = UNTIL) =>
    `:tea NOTE BAN LISTED #lobby mute carol ${mask} alice ${at} ${until} :carol is muted by alice: be kind`;
  await bob.writes("/bans");
  await bob.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    // Muted twice, for a shorter time first: it ends with the longer one.
    `@batch=1 ${listed("~m:~d:000000000002/carol", "2026-11-25T11:00:00.000Z", "2026-11-25T11:30:00.000Z")}`,
    `@batch=1 ${listed("~m:~a:carol")}`,
    `@batch=1 ${listed("~m:~d:000000000001/carol")}`,
    "@batch=1 :tea NOTE BAN LISTED #lobby ban * *!*@10.* alice 2026-11-25T12:00:00.000Z * :*!*@10.* is banned by alice",
    "@batch=1 :tea NOTE BAN END_OF_LIST #lobby :end",
    "BATCH -1",
  ]);
  assertEquals(
    bob.heard(),
    [
      `carol cannot talk in #lobby until ${SAID} (by alice): be kind`,
      "everybody at 10.* is banned from #lobby (by alice)",
    ].map((line) => line.replace("everybody at 10.*", "*!*@10.*")),
  );
  await bob.writes("/bans");
  await bob.server.answers((label) => [`@label=${label} :tea NOTE BAN END_OF_LIST #lobby :end`]);
  assertEquals(bob.heard(), ["Nobody is banned or muted in #lobby."]);
  await bob.leaves();
});

Deno.test("Who is muted is told once, sends nothing more, and has back what they write; the end of it is told as well", async () => {
  const bob = await bobInOurRoom();
  await bob.server.says(MUTED);
  assertEquals(bob.heard(), [`alice muted you in #lobby until ${SAID}: rule: be kind`]);
  for (const line of ["hello", "/me waves", "/react :+1: alice"]) {
    bob.client.typed(line);
    assertEquals(await bob.sends(line), []);
    assertEquals(bob.told().flatMap((event) => event.type === "error" ? [event.text] : []), [
      `You cannot talk in #lobby until ${SAID}: alice muted you: rule: be kind`,
    ]);
  }
  bob.client.typed("hello");
  await bob.writes("hello", "/me waves");
  assertEquals(unsaid(bob), ["hello", "/me waves"]);
  assertEquals(await bob.server.rest(), []);
  // In private, and in the channel once it is over.
  assertEquals(await bob.sends("/msg carol hi"), ["PRIVMSG carol :hi"]);
  await bob.server.says(":tea NOTE UNMUTE YOU_MAY_TALK #lobby alice :alice lets you talk in #lobby again");
  assertEquals(bob.heard(), ["alice lets you talk in #lobby again."]);
  assertEquals(await bob.sends("hello"), ["PRIVMSG #lobby :hello"]);
  await bob.leaves();
});

Deno.test("A mute that is over by the client's clock keeps nothing back; a rank ends it, and joining anew forgets it", async () => {
  const bob = await bobInOurRoom();
  const soon = new Date(bob.clock.now() + 1_000).toISOString();
  await bob.server.says(MUTED.replace(UNTIL, soon));
  assertEquals(await bob.sends("one"), []);
  await bob.clock.advance(2_000);
  assertEquals(await bob.sends("two"), ["PRIVMSG #lobby :two"]);
  await bob.server.says(MUTED, ":alice!a@x MODE #lobby +v bob");
  assertEquals(await bob.sends("three"), ["PRIVMSG #lobby :three"]);
  await bob.server.says(MUTED);
  assertEquals(await bob.sends("four"), []);
  await bob.server.says(":bob!~tea@host PART #lobby", ":bob!~tea@host JOIN #lobby");
  assertEquals(bob.client.actions.silenced("#lobby"), undefined);
  await bob.leaves();
});

Deno.test("A refused JOIN is told with who banned one, until when and why, and not once more by its numeric", async () => {
  const bob = await bobInOurRoom();
  await bob.writes("/join #tea");
  await bob.server.answers((label) => [
    `@label=${label} BATCH +1 labeled-response`,
    `@batch=1 :tea NOTE BAN YOU_ARE_BANNED #tea alice ${UNTIL} :alice banned you from #tea until x: spam`,
    "@batch=1 :tea 474 bob #tea :Cannot join channel (+b: alice banned you until x: spam)",
    "BATCH -1",
  ]);
  assertEquals(bob.heard(), [`You cannot come into #tea until ${SAID}: alice has banned you: spam`]);
  // Another server tells it by the numeric alone.
  await bob.server.says(":tea 474 bob #tea :Cannot join channel (+b)");
  assertEquals(bob.heard(), ["You cannot join #tea: you are banned there."]);
  await bob.leaves();
});

Deno.test("A ban puts out once: it is told as a ban then, and as a refusal whenever the person tries again", async () => {
  const bob = await bobInOurRoom();
  const note = `:tea NOTE BAN YOU_ARE_BANNED #lobby alice ${UNTIL} :alice banned you from #lobby until x`;
  bob.told();
  await bob.server.says(":alice!a@x KICK #lobby bob :Banned until 2027-11-27 22:44 UTC", note);
  const texts = () => bob.told().flatMap((event) => event.type === "error" ? [event.text] : []);
  assertEquals(texts(), [`alice banned you from #lobby until ${SAID}.`]);
  await bob.server.says(note, ":tea 474 bob #lobby :Cannot join channel (+b: alice banned you until x)");
  assertEquals(texts(), [`You cannot come into #lobby until ${SAID}: alice has banned you.`]);
  await bob.server.says(":tea NOTE UNBAN YOU_MAY_COME #lobby alice :alice lets you come into #lobby again");
  const [free] = bob.told();
  assertEquals(free.type === "info" && free.mayJoin, "#lobby");
  await bob.leaves();
});

Deno.test("Several masks for one person are one sentence about the person", async () => {
  const bob = await bobInOurRoom();
  const { modeSentences } = await import("../state/modes.ts");
  const of = (change: string) => modeSentences(change, bob.client.sentences);
  assertEquals(of("+bb ~t:10:~m:~a:carol ~t:10:~m:~d:000000000001/carol"), [
    { kind: "muted", what: "carol", period: "10 minutes" },
  ]);
  assertEquals(of("+bb ~m:~d:000000000001/carol ~m:carol!*@127.0.0.1").map(({ what }) => what), ["carol"]);
  assertEquals(of("-bb ~d:000000000001/carol carol!*@*"), [{ kind: "unbanned", what: "carol" }]);
  assertEquals(of("+bb ~m:~a:dave ~d:000000000001/carol").map(({ what }) => what), ["the account dave", "carol"]);
  assertEquals(of("+b ~d:000000000001").map(({ what }) => what), ["the device 000000000001"]);
  await bob.leaves();
});

Deno.test("Who asks twice at once who is banned is shown nothing of either answer", async () => {
  const bob = await bobInOurRoom();
  const asked = [1, 2].map(() => restrictionsOf(bob.client.actions, "#lobby"));
  for (const _ of asked) {
    assertEquals(
      await bob.server.answers((label) => [
        `@label=${label} BATCH +1 labeled-response`,
        `@batch=1 :tea NOTE BAN LISTED #lobby ban carol ~d:1/carol alice 2026-11-25T12:00:00.000Z ${UNTIL} :words`,
        "@batch=1 :tea NOTE BAN END_OF_LIST #lobby :words",
        "BATCH -1",
      ]),
      "BAN #lobby",
    );
  }
  assertEquals((await Promise.all(asked)).map((entries) => entries?.length), [1, 1]);
  assertEquals(bob.heard(), []);
  await bob.leaves();
});
