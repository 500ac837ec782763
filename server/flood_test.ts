import { assertEquals } from "@std/assert";
import { FloodLimit } from "./flood.ts";

Deno.test("FloodLimit lets a burst of 5 s worth pass, then one line per share of a second", () => {
  let now = 0;
  const flood = new FloodLimit(4, () => now);
  for (let i = 0; i < 20; i++) assertEquals(flood.take(), 0);
  for (let i = 0; i < 3; i++) {
    assertEquals(flood.take(), 250);
    now += 250;
  }
  now += 1_000;
  // Four shares have come in, and one is still owed to the line that waited.
  for (let i = 0; i < 3; i++) assertEquals(flood.take(), 0);
});

Deno.test("FloodLimit saves up no more than a burst, and a clock set back takes nothing away", () => {
  let now = 1e6;
  const flood = new FloodLimit(2, () => now);
  now += 3_600_000;
  for (let i = 0; i < 10; i++) assertEquals(flood.take(), 0);
  now -= 3_600_000;
  assertEquals(flood.take(), 500);
});

Deno.test("FloodLimit of 0 is none", () => {
  const flood = new FloodLimit(0, () => 0);
  for (let i = 0; i < 1_000; i++) assertEquals(flood.take(), 0);
});
