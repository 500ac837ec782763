/** Tests of the fan-out: the lines for one reader alone. */

import { assertEquals, assertLess } from "@std/assert";
import { idle } from "../turns/loop.ts";
import { Outbox } from "./outbox.ts";
import { batch, end } from "./testing.ts";

// What the outboxes do in a later turn of the event loop is done when a test ends.
Deno.test.afterEach(idle);

Deno.test("Many lines for one reader alone are gathered into few batches", async () => {
  const bob = new Outbox();
  for (let i = 0; i < 1_000; i++) bob.send("y".repeat(98));
  let batches = 0;
  for (; bob.backlog > 0; batches++) await batch(bob);
  assertLess(batches, 5);
  end(bob);
});

Deno.test("Lines for one reader alone keep their bytes while their large chunks are used again", async () => {
  const outboxes = Array.from({ length: 8 }, () => new Outbox());
  for (let round = 0; round < 20; round++) {
    const expected = outboxes.map((_, i) =>
      Array.from({ length: 700 }, (_, n) => `${round} ${i} ${n} ${"z".repeat(120)}`)
    );
    for (let n = 0; n < 700; n++) for (const [i, outbox] of outboxes.entries()) outbox.send(expected[i][n]);
    const seen = outboxes.map(() => "");
    // In turns, each with a batch in hand while others fill and return chunks.
    while (outboxes.some(({ backlog }) => backlog > 0)) {
      for (const [i, outbox] of outboxes.entries()) if (outbox.backlog > 0) seen[i] += await batch(outbox);
    }
    for (const [i, text] of seen.entries()) assertEquals(text.split("\r\n").slice(0, -1), expected[i]);
  }
  end(...outboxes);
});
