import { ENGLISH } from "../sentences.ts";
import { assertEquals } from "@std/assert";
import { Person } from "../testing.ts";

/** Answers the client's next line with these lines; gives it. */
function answers(person: Person, ...lines: string[]): Promise<string> {
  return person.server.answers((label) => [
    `@label=${label} BATCH +g labeled-response`,
    ...lines.map((line) => `@batch=g :tea ${line}`),
    "BATCH -g",
  ]);
}

Deno.test("/gline bans from the server, for a time or for ever, and /ungline lifts that", async () => {
  const cases: [line: string, sent: string, heard: string][] = [
    ["/gline eve", "GLINE eve 0 :no reason given", "eve is banned from this room."],
    ["/gline eve 7d so much spam", "GLINE eve 7d :so much spam", "eve is banned from this room for 1 week."],
    ["/gline *@10.0.0.0/8 90m", "GLINE *@10.0.0.0/8 90m :no reason given", "for 1 hour 30 minutes."],
    ["/gline 10.0.0.7 1w2d x", "GLINE 10.0.0.7 9d x", "10.0.0.7 is banned from this room for 1 week 2 days."],
    ["/ungline *@10.0.0.0/8", "UNGLINE *@10.0.0.0/8", "*@10.0.0.0/8 is no longer banned from this room."],
  ];
  for (const [line, sent, heard] of cases) {
    const bob = await Person.hearing("bob");
    assertEquals(await bob.sends(line), [sent]);
    const [said] = bob.heard();
    assertEquals(said.includes(heard) || said.startsWith(heard.slice(0, -1)), true, said);
    await bob.leaves();
  }
});

Deno.test("/gline and /ungline say what was refused, and that nobody may ban themselves", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/gline bob", "/gline eve 400d", "/gline");
  await bob.writes("/gline eve");
  await answers(bob, "481 bob :Permission Denied");
  await bob.writes("/gline nobody");
  await answers(bob, "401 bob nobody :No such nick");
  await bob.writes("/ungline x@y");
  await answers(bob, "FAIL UNGLINE NO_SUCH_BAN x@y :There is no such ban");
  assertEquals(bob.heard(), [
    "You cannot ban yourself.",
    '"400d" is no time from 1m (a minute) to 365d.',
    "Usage: /gline <nick|mask> [time] [reason]",
    "Only the room's operators may do that.",
    "nobody is not online.",
    "There is no such ban",
  ]);
  await bob.leaves();
});

Deno.test("/ungline takes a name for an account, too, and says where the masks stand", async () => {
  const bob = await Person.hearing("bob");
  const unknown = (mask: string) => `FAIL UNGLINE UNKNOWN_MASK ${mask} :There is no such ban; GLINE lists all`;
  await bob.writes("/ungline carol");
  assertEquals(await answers(bob, unknown("carol")), "UNGLINE carol");
  assertEquals(await answers(bob, ":tea ACK"), "UNGLINE ~a:carol");
  await bob.writes("/ungline dave");
  await answers(bob, unknown("dave"));
  await answers(bob, unknown("~a:dave"));
  await bob.writes("/ungline *@10.0.0.9");
  await answers(bob, unknown("*@10.0.0.9"));
  const where = "/glines lists all with their masks: /ungline MASK.";
  assertEquals(bob.heard(), [
    "~a:carol is no longer banned from this room.",
    `No ban from this room is for dave. ${where}`,
    `No ban from this room is for *@10.0.0.9. ${where}`,
  ]);
  await bob.leaves();
});

Deno.test("/glines lists who is banned from the server, until when, by whom and why", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/glines");
  const sent = await answers(
    bob,
    "223 bob *@10.0.0.7 1795590941 1795594541 chief :spam: eggs",
    "223 bob *@10.0.0.8 1795590941 0 chief!c@host :",
    "223 bob *@10.0.0.9 soon 99999999999999999999 chief :x",
    "219 bob GLINE :End",
  );
  assertEquals([sent, bob.heard()], ["GLINE", [
    `*@10.0.0.7 is banned from this room until ${ENGLISH.date(new Date(1795594541_000))} (by chief): spam: eggs`,
    "*@10.0.0.8 is banned from this room (by chief)",
    "*@10.0.0.9 is banned from this room until ? (by chief): x",
  ]]);
  await bob.writes("/glines");
  await answers(bob, "219 bob GLINE :End");
  await bob.writes("/glines");
  await answers(bob, "481 bob :Permission Denied");
  assertEquals(bob.heard(), ["Nobody is banned from this room.", "Only the room's operators may do that."]);
  await bob.leaves();
});
