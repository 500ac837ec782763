/** /channels and /profile: what is asked for, and how it is shown. */

import { assertEquals } from "@std/assert";
import { MEMORY, Person } from "../testing.ts";

/** Answers LIST with three channels. */
function listed(label: string): string[] {
  return [
    `@label=${label} BATCH +l labeled-response`,
    "@batch=l :tea 321 bob Channel :Users",
    "@batch=l :tea 322 bob #milk 2 :[+nt] cold",
    "@batch=l :tea 322 bob #tea 12 :hot tea",
    "@batch=l :tea 322 bob #lobby 2 :",
    "@batch=l :tea 323 bob :End",
    "BATCH -l",
  ];
}

Deno.test("/channels shows the channels with most people first, or those that hold a word, and no line besides", async () => {
  const bob = await Person.hearing("bob", MEMORY);
  await bob.writes("/channels");
  assertEquals(await bob.server.answers(listed), "LIST");
  assertEquals(bob.told(), [{
    type: "table",
    rows: [["3 channels"], ["12  #tea", "hot tea"], ["2  #lobby", ""], ["2  #milk", "[+nt] cold"]],
  }]);
  await bob.writes("/channels HOT");
  await bob.server.answers(listed);
  assertEquals(bob.told(), [{ type: "table", rows: [["1 channel"], ["12  #tea", "hot tea"]] }]);
  await bob.writes("/channels nothing");
  await bob.server.answers(listed);
  assertEquals(bob.told(), [{ type: "table", rows: [["There is no such channel."]] }]);
  await bob.leaves();
});

Deno.test("/channels shows so many at once, and says how many there are besides", async () => {
  const bob = await Person.hearing("bob", MEMORY);
  await bob.writes("/channels");
  await bob.server.answers((label) => [
    `@label=${label} BATCH +l labeled-response`,
    ...Array.from({ length: 53 }, (_, i) => `@batch=l :tea 322 bob #c${i} ${i} :`),
    "BATCH -l",
  ]);
  const [event] = bob.told() as { type: "table"; rows: string[][] }[];
  assertEquals([event.rows.length, event.rows[1], event.rows.at(-1)], [
    52,
    ["52  #c52", ""],
    ["3 more: name a word that theirs holds"],
  ]);
  await bob.leaves();
});

Deno.test("/profile shows who one is", async () => {
  const bob = await Person.hearing("bob", MEMORY);
  await bob.writes("/profile");
  assertEquals(bob.told(), [{
    type: "table",
    rows: [
      ["You are bob"],
      ["display name (/nick)", "none"],
      ["status (/status)", "none"],
      ["account (/login)", "none"],
    ],
  }]);
  await bob.leaves();
});
