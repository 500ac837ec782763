/** What a client does about calls, as a server sees it. */

import { assertEquals } from "@std/assert";
import { parse } from "../protocol.ts";
import { MEMORY, Person } from "./testing.ts";

const CAPABILITIES = `${MEMORY} standard-replies teahouse.chat/call`;

/** bob at a view that has calls, on a server that has them. */
async function caller(): Promise<Person> {
  const bob = await Person.hearing("bob", CAPABILITIES, { hasCalls: true });
  await bob.server.says(":tea 005 bob teahouse.chat/CALL=8 :are supported");
  return bob;
}

const calls = ({ client }: Person) => client.actions.calls;

Deno.test("a client asks for calls only where its view has them, and has them only where the server has", async () => {
  const ann = new Person("ann", { history: 0 });
  await ann.server.sees("CAP LS 302", "NICK ann", "USER teahouse 0 * ann");
  await ann.server.says(`CAP * LS :teahouse.chat/call server-time`);
  await ann.server.sees("CAP REQ server-time");
  await ann.leaves();
  const bob = await Person.hearing("bob", CAPABILITIES, { hasCalls: true });
  assertEquals(calls(bob).most, 0);
  await bob.server.says(":tea 005 bob teahouse.chat/CALL=8 :are supported");
  assertEquals(calls(bob).most, 8);
  await bob.leaves();
});

Deno.test("joining a call tells who is there, by the answer alone", async () => {
  const bob = await caller();
  await bob.server.says(":carol!c@host CALL JOIN #lobby :audio");
  const [joined] = await Promise.all([
    calls(bob).join("#lobby", ["audio", "muted"]),
    bob.server.answers((label, line) => {
      assertEquals(line, "CALL JOIN #lobby audio,muted");
      return [
        `@label=${label} BATCH +1 teahouse.chat/call #lobby`,
        "@batch=1 :tea CALL ICE #lobby stun:tea.example",
        "@batch=1 :tea CALL MEMBER #lobby alice :audio",
        "@batch=1 :tea CALL MEMBER #lobby bob :audio,muted",
        "@batch=1 :tea CALL MODE #lobby mesh",
        "BATCH -1",
      ];
    }),
  ]);
  assertEquals(joined, "joined");
  const call = bob.client.state.calls.of("#lobby")!;
  assertEquals([...call.members.keys()], ["alice", "bob"]);
  assertEquals(call.iceServers, [{ urls: "stun:tea.example" }]);
  await bob.leaves();
});

Deno.test("a call that can't be joined is refused with the server's sentence; without a connection it may be tried again", async () => {
  const bob = await caller();
  const [refused] = await Promise.all([
    calls(bob).join("#lobby", []),
    bob.server.answers((label) => [`@label=${label} :tea FAIL CALL FULL JOIN #lobby :8 are in the call already`]),
  ]);
  assertEquals([refused, bob.heard()], ["refused", ["8 are in the call already"]]);
  await bob.server.hangsUp();
  assertEquals(await calls(bob).join("#lobby", ["audio"]), "lost");
  await bob.leaves();
});

Deno.test("whoever may not talk there learns that they may only listen, without a line in the talk", async () => {
  const bob = await caller();
  const refuse = (subcommand: string) =>
    bob.server.answers((label) => [`@label=${label} :tea FAIL CALL MUTED ${subcommand} #lobby :You may not talk`]);
  const [joining] = await Promise.all([calls(bob).join("#lobby", ["audio"]), refuse("JOIN")]);
  const [said] = await Promise.all([calls(bob).setWords("#lobby", ["audio"]), refuse("STATE")]);
  const [reacted] = await Promise.all([calls(bob).react("#lobby", "🎉"), refuse("REACT")]);
  assertEquals([joining, said, reacted, bob.heard()], ["silenced", false, false, []]);
  const [taken] = await Promise.all([
    calls(bob).react("#lobby", "🎉"),
    bob.server.answers((label, line) => {
      assertEquals(line, "CALL REACT #lobby 🎉");
      return [`@label=${label} :tea ACK`];
    }),
  ]);
  assertEquals(taken, true);
  await bob.leaves();
});

Deno.test("what is refused since the call is over meanwhile is told to nobody", async () => {
  const bob = await caller();
  for (const act of [() => calls(bob).leave("#lobby"), () => calls(bob).setWords("#lobby", ["hand"])]) {
    await Promise.all([
      act(),
      bob.server.answers((label) => [`@label=${label} :tea FAIL CALL NOT_IN_CALL X #lobby :You are in no call`]),
    ]);
    assertEquals(bob.heard(), []);
  }
  await bob.server.says(":alice!a@host CALL RING alice");
  const declined = calls(bob).decline("alice");
  assertEquals(bob.client.state.calls.ringing, []);
  assertEquals(await bob.server.answers((label) => [`@label=${label} :tea ACK`]), "CALL DECLINE alice");
  await declined;
  await bob.leaves();
});

Deno.test("a call that was left without a connection is left when it is there again, unless it was joined anew", async () => {
  const bob = await caller();
  await bob.server.hangsUp();
  for (const target of ["#Lobby", "#tea", "alice"]) await calls(bob).leave(target);
  assertEquals(await calls(bob).join("#tea", []), "lost");
  await bob.clock.advance(1_000);
  await bob.server.welcomes("bob");
  const said = async (channel?: string) => {
    const leaving = calls(bob).leaveUnsaid(channel);
    const lines = (await bob.server.rest()).map((line) => line.replace(/^@\S+ /, ""));
    return { leaving, lines: lines.filter((line) => line.startsWith("CALL ")) };
  };
  assertEquals((await said("#tea")).lines, []);
  const { lines } = await said("#lobby");
  assertEquals(lines, ["CALL PART #lobby"]);
  assertEquals((await said()).lines, ["CALL PART alice"]);
  assertEquals((await said()).lines, []);
  await bob.leaves();
});

Deno.test("a signal goes at once and is asked for no more; its refusal is told to nobody", async () => {
  const bob = await caller();
  assertEquals(calls(bob).signal("alice", "abc-_1"), true);
  const [line] = await bob.server.rest();
  const { tags, command, params } = parse(line);
  assertEquals([tags["+teahouse.chat/rtc"], command, params], ["abc-_1", "TAGMSG", ["alice"]]);
  await bob.server.says(`@label=${tags.label} :tea FAIL CALL NOT_IN_CALL SIGNAL alice :Not in a call together`);
  assertEquals(bob.heard(), []);
  await bob.server.hangsUp();
  assertEquals(calls(bob).signal("alice", "abc"), false);
  await bob.leaves();
});

Deno.test("what a person does about calls is kept in the talk, as what others do", async () => {
  const bob = await caller();
  const kept = (talk: string) =>
    (bob.client.state.find(talk)?.lines ?? []).flatMap(({ call, from }) => call === undefined ? [] : [[from, call]]);
  /** The answer to a command: the members of the call, or that it was done. */
  const answers = (members: string[], target = "") =>
    bob.server.answers((label) =>
      members.length === 0 ? [`@label=${label} :tea ACK`] : [
        `@label=${label} BATCH +1 teahouse.chat/call ${target}`,
        ...members.map((nick) => `@batch=1 :tea CALL MEMBER ${target} ${nick} :audio`),
        `@batch=1 :tea CALL MODE ${target} mesh`,
        "BATCH -1",
      ]
    );
  const joins = (target: string, ...members: string[]) =>
    Promise.all([calls(bob).join(target, ["audio"]), answers(members, target)]);
  const leaves = (target: string) => Promise.all([calls(bob).leave(target), answers([])]);
  await joins("#lobby", "bob");
  await bob.clock.advance(5_000);
  // Where others are in the call, it goes on.
  await bob.server.says(":alice!a@host CALL JOIN #lobby :audio");
  await leaves("#lobby");
  assertEquals(kept("#lobby"), [["bob", { what: "began" }]]);
  await joins("#lobby", "alice", "bob");
  await bob.server.says(":alice!a@host CALL PART #lobby");
  await leaves("#lobby");
  assertEquals(kept("#lobby").slice(1), [["bob", { what: "ended", lasted: 5_000 }]]);
  await joins("alice", "bob");
  await leaves("alice");
  await bob.server.says(":alice!a@host CALL RING alice");
  await Promise.all([calls(bob).decline("alice"), answers([])]);
  await bob.server.says(":alice!a@host CALL RING alice");
  await joins("alice", "alice", "bob");
  await bob.clock.advance(1_000);
  await leaves("alice");
  assertEquals(kept("alice"), [
    ["alice", { what: "unanswered" }],
    ["bob", { what: "declined" }],
    ["bob", { what: "call", lasted: 1_000 }],
  ]);
  await bob.leaves();
});

Deno.test("a call that was missed is told as read, so that other devices know", async () => {
  const bob = await Person.hearing("bob", `${CAPABILITIES} draft/read-marker`, { hasCalls: true });
  await bob.server.says(
    ":alice!a@host CALL RING alice",
    "@time=2026-11-28T12:00:45.000Z :alice!a@host CALL PART alice",
  );
  const talk = bob.client.state.find("alice")!;
  assertEquals(talk.unread, 1);
  bob.client.markRead(talk);
  assertEquals(talk.unread, 0);
  const sent = (await bob.server.rest()).map((line) => parse(line)).map(({ command, params }) => [command, ...params]);
  assertEquals(sent, [["MARKREAD", "alice", "timestamp=2026-11-28T12:00:45.000Z"]]);
  await bob.leaves();
});
