import { assert, assertEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { PacedTransfer, Pieces } from "./transfers.ts";

Deno.test("a transfer is too slow that moved too little in any whole period, and not before", () => {
  const transfer = new PacedTransfer(60_000, 0);
  assertEquals(transfer.isTooSlow(59_999), false);
  transfer.moved(4_096 * 60);
  assertEquals(transfer.isTooSlow(60_000), false);
  // What was fast at first may not stand still later.
  assertEquals(transfer.isTooSlow(119_999), false);
  transfer.moved(4_096 * 60 - 1);
  assertEquals(transfer.isTooSlow(120_000), true);
});

Deno.test("while the room works on what has come nothing moves, for ten minutes at most", () => {
  const transfer = new PacedTransfer(60_000, 0);
  transfer.isWorkedOn(1_000);
  assertEquals([transfer.isTooSlow(601_000), transfer.isTooSlow(601_001)], [false, true]);
});

Deno.test("several files together come no faster than they may, and one alone is not held up for that", async () => {
  const pieces = new Pieces();
  const ends = [pieces.begin(), pieces.begin()];
  const begun = performance.now();
  // 32 MiB, for which they have a quarter of a second.
  for (let i = 0; i < 32; i++) await pieces.next(1_048_576);
  assert(performance.now() - begun > 200);
  ends[0]();
  // Many times what several may bring while this test waits at all.
  await deadline(
    (async () => {
      for (let i = 0; i < 64; i++) await pieces.next(1_073_741_824);
    })(),
    60_000,
  );
});
