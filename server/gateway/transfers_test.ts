import { assertEquals } from "@std/assert";
import { PacedTransfer } from "./transfers.ts";

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
