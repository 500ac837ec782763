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

Deno.test("/owner lists who owns the room, and lets somebody else own it, which /disown takes back", async () => {
  const bob = await Person.hearing("bob");
  await bob.writes("/owner");
  const listed = [
    "NOTE OWNER IS alice account account:alice 2026-11-27 * :alice owns",
    "NOTE OWNER IS carol device device:1a 2026-11-28 alice :carol owns",
    "NOTE OWNER END 2 :End",
  ];
  assertEquals(await answers(bob, ...listed), "OWNER LIST");
  await bob.writes("/owner dave");
  assertEquals(await answers(bob, "NOTE OWNER ADDED dave :dave owns"), "OWNER ADD dave");
  await bob.writes("/owner dave");
  await answers(bob, "NOTE OWNER KNOWN dave :dave owns");
  await bob.writes("/disown dave");
  assertEquals(await answers(bob, "NOTE OWNER REMOVED dave :no longer"), "OWNER DEL dave");
  await bob.writes("/disown bob");
  await answers(bob, "FAIL OWNER LAST_OWNER bob :A room keeps its last owner");
  assertEquals(bob.heard(), [
    "alice owns the room since 2026-11-27",
    "carol owns the room since 2026-11-28, named by alice (without an account, on the same device)",
    "dave owns the room, too, and is operator in all its channels. /disown dave ends that.",
    "dave owns the room already.",
    "dave owns the room no longer.",
    "A room keeps its last owner",
  ]);
  await bob.leaves();
});

Deno.test("/claim asks for the server's secret, which stands in no line", async () => {
  const questions: string[] = [];
  const bob = await Person.hearing("bob", undefined, {
    askSecret: (question) => {
      questions.push(question);
      return Promise.resolve("c0ffee");
    },
  });
  await bob.writes("/claim");
  assertEquals(await answers(bob, "NOTE OWNER CLAIMED bob :You own this room now"), "OWNER CLAIM c0ffee");
  assertEquals(questions, ["The secret that the server has printed:"]);
  assertEquals(bob.heard(), ["You own this room now"]);
  await bob.leaves();
});

Deno.test("Whoever becomes an owner is told of it by one line, and by none on coming back", async () => {
  const bob = await Person.hearing("bob", undefined, { askSecret: () => Promise.resolve("c0ffee") });
  const untold = () => bob.client.state.find("#lobby")!.lines.filter(({ isTold }) => !isTold).map(({ text }) => text);
  const before = untold();
  await bob.server.says(
    ":tea.example 381 bob :You are now an IRC operator: you own this room",
    ":tea.example MODE #lobby +o bob",
    ":tea.example MODE #lobby -o alice",
  );
  assertEquals(bob.heard().filter((line) => line.includes("You")), []);
  assertEquals(untold(), [...before, "+o bob", "-o alice"]);
  await bob.writes("/claim");
  await answers(bob, "NOTE OWNER CLAIMED bob :You own this room now");
  assertEquals(bob.heard(), ["You own this room now"]);
  assertEquals(untold(), [...before, "-o alice"]);
  // Whoever has said an operator's password is told what it was for.
  await bob.server.says(":tea.example 381 bob :You are now an IRC operator");
  assertEquals(bob.heard(), ["You are an operator of this room now."]);
  await bob.leaves();
});

Deno.test("The secret of an owner's link is said on coming in, again where the connection is lost before the answer, and then never", async () => {
  const bob = new Person("bob", { history: 0, owner: "c0ffee" });
  await bob.server.welcomes("bob");
  assertEquals((await bob.server.rest()).map((line) => line.replace(/^@\S+ /, "")), [
    "OWNER CLAIM c0ffee",
    "JOIN #lobby",
  ]);
  const comesBack = async () => {
    await bob.server.hangsUp();
    await bob.clock.advance(1_000);
    await bob.server.rest();
    await bob.server.says("CAP * LS :labeled-response batch");
    await bob.server.rest();
    await bob.server.says("CAP * ACK :labeled-response batch");
    await bob.server.sees("CAP END");
    await bob.server.says(":tea 001 bob :Welcome");
  };
  await comesBack();
  assertEquals(await answers(bob, "NOTE OWNER CLAIMED bob :You own this room now"), "OWNER CLAIM c0ffee");
  await bob.server.letsIn("bob", "#lobby");
  assertEquals(bob.heard().includes("You own this room now"), true);
  await comesBack();
  assertEquals((await bob.server.rest()).map((line) => line.replace(/^@\S+ /, "")), ["JOIN #lobby"]);
  // A link that is opened while the page is in the room.
  void bob.client.claim("7ea");
  assertEquals((await bob.server.rest()).map((line) => line.replace(/^@\S+ /, "")), ["OWNER CLAIM 7ea"]);
  await bob.leaves();
});
