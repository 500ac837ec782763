import { assertEquals } from "@std/assert";
import { MEMORY, Person } from "../testing.ts";

/** bob, whose view has calls. @param opened Collects where the view has brought him. */
async function withCalls(opened: string[] = []): Promise<Person> {
  const bob = await Person.hearing("bob", `${MEMORY} teahouse.chat/call`, {
    hasCalls: true,
    openCall: (target) => void opened.push(target),
  });
  await bob.server.says(":tea 005 bob teahouse.chat/CALL=8 :are supported");
  return bob;
}

Deno.test("/call brings the person into the call of the talk, or of another one", async () => {
  const opened: string[] = [];
  const bob = await withCalls(opened);
  await bob.writes("/call", "/call #LOBBY", "/call alice");
  assertEquals(opened, ["#lobby", "#lobby", "alice"]);
  await bob.writes("/call #milk", "/call bob");
  assertEquals(bob.heard(), ["You are not in #milk: /join it first.", "You cannot talk to yourself."]);
  assertEquals(opened.length, 3);
  await bob.leaves();
});

Deno.test("/call says plainly where there are no calls, or none that a command opens", async () => {
  const bob = await Person.hearing("bob", MEMORY, { hasCalls: true, openCall: () => {} });
  await bob.writes("/call");
  assertEquals(bob.heard(), ["This room has no calls."]);
  const carol = await Person.hearing("carol", MEMORY);
  await carol.writes("/call");
  assertEquals(carol.heard(), ["Calls can't be joined by a command here."]);
  await bob.leaves();
  await carol.leaves();
});

Deno.test("/decline does not answer whoever calls, and asks which where several do", async () => {
  const bob = await withCalls();
  await bob.writes("/decline", "/decline alice");
  assertEquals(bob.heard(), ["Nobody calls you.", "alice does not call you."]);
  await bob.server.says(":alice!a@host CALL RING alice", ":carol!c@host CALL RING carol");
  assertEquals(await bob.sends("/decline"), []);
  assertEquals(bob.heard(), ["Several people call you: /decline alice, /decline carol"]);
  assertEquals(await bob.sends("/decline ALICE"), ["CALL DECLINE alice"]);
  assertEquals(await bob.sends("/decline"), ["CALL DECLINE carol"]);
  await bob.writes("/decline");
  assertEquals(bob.heard(), ["Nobody calls you."]);
  await bob.leaves();
});
