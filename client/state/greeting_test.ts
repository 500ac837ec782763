import { assertEquals } from "@std/assert";
import { Person } from "../testing.ts";

/** The server greets somebody who comes in. */
async function greets(bob: Person, ...texts: string[]): Promise<string[]> {
  await bob.server.welcomes("bob");
  await bob.server.says(
    ":tea.example NOTICE bob :This room keeps what is said",
    ...texts.map((text) => `:tea.example 372 bob :- ${text}`),
    ":tea.example 376 bob :End of MOTD",
  );
  const shown = bob.told().flatMap((event) => event.type === "notice" || event.type === "info" ? [event.text] : []);
  await bob.server.says(":bob!~tea@host JOIN #lobby");
  bob.told();
  return shown;
}

Deno.test("what a server says to all who come in is shown once, and to who comes back where it is new", async () => {
  const bob = new Person("bob");
  const kept = "This room keeps what is said";
  assertEquals(await greets(bob, "Tea at five"), [kept, "- Tea at five"]);
  assertEquals(bob.client.motd, ["Tea at five"]);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  assertEquals(await greets(bob, "Tea at five", "Bring cups"), ["- Bring cups"]);
  // Who asks for it sees it, and what comes later is no greeting.
  await bob.server.says(
    ":tea.example 372 bob :- Tea at five",
    `:tea.example NOTICE bob :${kept}`,
    `:alice!a@host NOTICE bob :${kept}`,
  );
  const texts = bob.told().flatMap((event) => "text" in event ? [event.text] : []);
  assertEquals(texts, ["- Tea at five", kept, kept]);
  await bob.leaves();
});

Deno.test("a view that shows the message of the day by itself is not told it on coming in, but where it is new and when asked", async () => {
  const bob = new Person("bob", { showsMotd: true });
  assertEquals(await greets(bob, "Tea at five"), ["This room keeps what is said"]);
  assertEquals(bob.client.motd, ["Tea at five"]);
  await bob.server.hangsUp();
  await bob.clock.advance(1_000);
  assertEquals(await greets(bob, "Tea at six"), ["- Tea at six"]);
  await bob.server.says(":tea.example 372 bob :- Tea at six");
  assertEquals(bob.told().flatMap((event) => "text" in event ? [event.text] : []), ["- Tea at six"]);
  assertEquals(bob.client.motd, ["Tea at five"]);
  await bob.leaves();
});
