/** Editing in the client: what is sent and refused, what is taken in, and what is asked for. */

import { assert, assertEquals } from "@std/assert";
import type { TalkLine } from "./state/line.ts";
import { Talk } from "./state/talk.ts";
import { at, MEMORY, Person } from "./testing.ts";

const EDITS = `${MEMORY} draft/multiline=max-bytes=4096,max-lines=32 draft/message-edit=max-edits=10,max-age=3600`;

/** Bob, who has said `one` (b1) and `two` (b2) in #lobby, on a server where messages can be edited. */
async function bobWith(capabilities = EDITS): Promise<Person> {
  const bob = await Person.hearing("bob", capabilities);
  return bob;
}

function lineOf({ client }: Person, msgid: string): TalkLine {
  return client.state.find("#lobby")!.find(msgid)!;
}

const edits = ({ client }: Person) => client.actions.edits;
const lobby = ({ client }: Person) => client.state.find("#lobby")!;

Deno.test("An edit gives a line another text, and says what it was", async () => {
  const bob = await bobWith();
  await bob.server.says("@msgid=x;+draft/edit=a1 :alice!a@10.0.0.7 PRIVMSG #lobby :tea!");
  const line = lineOf(bob, "a1");
  const [event] = bob.told();
  assertEquals(event, { type: "edit", target: "#lobby", from: "alice", own: false, line, before: "tea?" });
  assertEquals([line.text, line.kind, line.edited !== undefined, lobby(bob).find("x")], [
    "tea!",
    "message",
    true,
    undefined,
  ]);
  assertEquals(bob.lines().slice(0, 2), ["alice: tea!", "carol: coffee"]);
  await bob.server.says("@msgid=y;+draft/edit=a1 :alice!a@10.0.0.7 PRIVMSG #lobby :\x01ACTION drinks\x01");
  assertEquals([line.text, line.kind], ["drinks", "action"]);
  // So is a line of an old place of the talk that is shown.
  const [old, excerpt] = [{ ...line, msgid: "old", text: "before" }, new Talk("#lobby", "channel")];
  excerpt.append(old);
  lobby(bob).excerpt = excerpt;
  await bob.server.says("@msgid=y2;+draft/edit=old :alice!a@10.0.0.7 PRIVMSG #lobby :after");
  assertEquals(old.text, "after");
  // One that is not loaded, or was removed, is no news.
  bob.told();
  await bob.server.says(
    "@msgid=z;+draft/edit=nosuch :alice!a@10.0.0.7 PRIVMSG #lobby :x",
    ":alice!a@10.0.0.7 REDACT #lobby c1",
    "@msgid=z2;+draft/edit=c1 :carol!c@10.0.0.8 PRIVMSG #lobby :x",
  );
  assertEquals(bob.told().map(({ type }) => type), ["redaction"]);
  assertEquals(lobby(bob).lines.length, 5);
  await bob.leaves();
});

Deno.test("Where the server does not see to it that only its author edits, a tag changes nothing", async () => {
  const bob = await bobWith(MEMORY);
  await bob.server.says("@msgid=x;+draft/edit=a1 :eve!e@h PRIVMSG #lobby :forged");
  assertEquals([bob.heard(), lineOf(bob, "a1").text], [["forged"], "tea?"]);
  assertEquals(edits(bob).why(lobby(bob), lineOf(bob, "b2")), "This room changes no messages.");
  await bob.leaves();
});

Deno.test("Own messages can be edited, for as long as the server says", async () => {
  const bob = await bobWith();
  const why = (msgid: string) => edits(bob).why(lobby(bob), lineOf(bob, msgid));
  assertEquals(why("b2"), undefined);
  assert(edits(bob).canEdit(lobby(bob), lineOf(bob, "b2")));
  assertEquals(why("a1"), "You can edit your own messages only, where you said them.");
  await bob.server.says(":alice!a@10.0.0.7 REDACT #lobby b1");
  assertEquals(why("b1"), "You can edit your own messages only, where you said them.");
  lineOf(bob, "b2");
  const old = { ...lineOf(bob, "b2"), time: bob.clock.now() - 3_600_001 };
  assertEquals(edits(bob).why(lobby(bob), old), "A message can be edited for 1 hour, and this one is older.");
  await bob.server.hangsUp();
  assertEquals(why("b2"), "The room can't be reached now: a message can be edited once it is back.");
  await bob.leaves();
});

Deno.test("What is edited is sent once, as one message; the same text is not sent", async () => {
  const bob = await bobWith();
  const [talk, line] = [lobby(bob), lineOf(bob, "b2")];
  assertEquals(await edits(bob).edit(talk, line, "two"), true);
  assertEquals(await bob.server.rest(), []);
  const changed = edits(bob).edit(talk, line, "three :tea:");
  assertEquals(
    await bob.server.answers((label) => [
      `@label=${label};msgid=n;+draft/edit=b2 :bob!~tea@host PRIVMSG #lobby :three 🍵`,
    ]),
    "PRIVMSG #lobby :three 🍵",
  );
  assertEquals([await changed, line.text], [true, "three 🍵"]);
  bob.told();
  assertEquals(await edits(bob).edit(talk, line, " \n "), false);
  assertEquals(await edits(bob).edit(talk, line, "x".repeat(5_000)), false);
  assertEquals(bob.heard().at(-1), "That is too long for one message.");
  assertEquals(await bob.server.rest(), []);
  // Refused by the server: the caller knows, and the person is told why.
  const refused = edits(bob).edit(talk, line, "four");
  await bob.server.answers((label) => [
    `@label=${label} FAIL PRIVMSG EDIT_WINDOW_EXPIRED #lobby b2 3600 :You can no longer edit this message`,
  ]);
  assertEquals([await refused, bob.heard(), line.text], [
    false,
    ["You can no longer edit this message"],
    "three 🍵",
  ]);
  await bob.leaves();
});

Deno.test("A message of several lines is edited as one, and /me stays what somebody does", async () => {
  const bob = await bobWith();
  const [talk, line] = [lobby(bob), lineOf(bob, "b2")];
  void edits(bob).edit(talk, line, "first\nsecond");
  const sent = await bob.server.rest();
  assertEquals(sent.map((line) => line.replace(/label=\w+|batch=\w+|[+-]t\d+/g, "T")), [
    "@+draft/edit=b2;T BATCH T draft/multiline #lobby",
    "@T PRIVMSG #lobby :first",
    "@T PRIVMSG #lobby :second",
    "BATCH T",
  ]);
  await bob.server.says(
    "@msgid=n;+draft/edit=b2 :bob!~tea@host BATCH +9 draft/multiline #lobby",
    "@batch=9 :bob!~tea@host PRIVMSG #lobby :first",
    "@batch=9 :bob!~tea@host PRIVMSG #lobby :second",
    ":bob!~tea@host BATCH -9",
  );
  assertEquals(line.text, "first\nsecond");
  await bob.server.says("@msgid=b3 :bob!~tea@host PRIVMSG #lobby :\x01ACTION waves\x01");
  void edits(bob).edit(talk, lineOf(bob, "b3"), "sleeps");
  assertEquals(await bob.server.rest(), ["@+draft/edit=b3;label=t3 PRIVMSG #lobby :\x01ACTION sleeps\x01"]);
  await bob.leaves();
});

Deno.test("What a message said before is asked for, and is no line of the talk", async () => {
  const bob = await bobWith();
  const asked = edits(bob).earlier(lobby(bob), lineOf(bob, "a1"));
  assertEquals(
    await bob.server.answers((label) => [
      `@label=${label} BATCH +e teahouse.chat/edits #lobby`,
      `@batch=e;time=${at(1)} :alice!a@10.0.0.7 PRIVMSG #lobby :coffee?`,
      `@batch=e;time=${at(2)} :alice!a@10.0.0.7 PRIVMSG #lobby :milk?`,
      "BATCH -e",
    ]),
    "EDITS #lobby a1",
  );
  assertEquals(await asked, [
    { text: "coffee?", time: Date.parse(at(1)) },
    { text: "milk?", time: Date.parse(at(2)) },
  ]);
  assertEquals([bob.told(), lobby(bob).lines.length], [[], 5]);
  await bob.leaves();
});

Deno.test("A history marks what was edited, and has edits of other servers' kind change what is there", async () => {
  const bob = new Person("bob");
  await bob.server.welcomes("bob", EDITS);
  await bob.server.letsIn("bob", "#lobby", "alice");
  await bob.server.answers((label) => [
    `@label=${label} BATCH +m chathistory #lobby`,
    `@batch=m;msgid=a;time=${at(1)};teahouse.chat/edited=${at(5)} :alice!a@h PRIVMSG #lobby :now`,
    `@batch=m;msgid=b;time=${at(2)} :alice!a@h PRIVMSG #lobby :befor`,
    `@batch=m;msgid=c;time=${at(3)};+draft/edit=b :alice!a@h PRIVMSG #lobby :before`,
    "BATCH -m",
  ]);
  assertEquals(bob.lines(), ["alice: now", "alice: before"]);
  assertEquals(lobby(bob).lines.filter(({ msgid }) => msgid).map(({ edited }) => edited), [
    Date.parse(at(5)),
    Date.parse(at(3)),
  ]);
  await bob.leaves();
});

Deno.test("/edit changes the last own message, or brings its text", async () => {
  const bob = await bobWith();
  await bob.writes("/edit two :tea:");
  assertEquals(
    await bob.server.answers((label) => [
      `@label=${label};msgid=n;+draft/edit=b2 :bob!~tea@host PRIVMSG #lobby :two 🍵`,
    ]),
    "PRIVMSG #lobby :two 🍵",
  );
  bob.told();
  await bob.writes("/edit");
  assertEquals(bob.told(), [{ type: "editing", target: "#lobby", line: lineOf(bob, "b2") }]);
  // It never takes an older one where the last can't be changed.
  await bob.server.says(`@msgid=b9;time=${at(0)} :bob!~tea@host PRIVMSG #lobby :last`);
  lobby(bob).redact("b9", { by: "alice", reason: "" });
  await bob.writes("/edit");
  assertEquals(bob.told().at(-1), { type: "editing", target: "#lobby", line: lineOf(bob, "b2") });
  await bob.leaves();
  const carol = await Person.inLobby("carol");
  await carol.writes("/edit x");
  assertEquals(carol.heard(), ["There is no message of yours here that could be edited."]);
  await carol.leaves();
});
