import { assertEquals } from "@std/assert";
import { Rate } from "./rate.ts";

Deno.test("Rate gives no figure for the first half second, and then the speed of the last five", () => {
  const rate = new Rate();
  assertEquals([rate.speed, rate.left(10)], [undefined, undefined]);
  rate.note(0, 0);
  rate.note(400, 4_000);
  assertEquals(rate.speed, undefined);
  rate.note(1_000, 10_000);
  assertEquals([rate.speed, rate.left(25_000), rate.left(0)], [10_000, 3, 0]);
  // Ten seconds at half of it: the fast second is forgotten.
  for (let i = 2; i <= 11; i++) rate.note(i * 1_000, 10_000 + (i - 1) * 5_000);
  assertEquals(rate.speed, 5_000);
});

Deno.test("Rate begins anew where less has been moved than before, and knows no end where nothing moves", () => {
  const rate = new Rate();
  rate.note(0, 0);
  rate.note(1_000, 10_000);
  rate.note(2_000, 3_000);
  assertEquals(rate.speed, undefined);
  rate.note(3_000, 3_000);
  assertEquals([rate.speed, rate.left(1)], [0, undefined]);
});
