import { assertEquals } from "@std/assert";
import { nextTurn } from "../turns/loop.ts";
import { Closing } from "./closing.ts";

Deno.test("a crowd that leaves is closed little by little, each once, in the order in which they left", async () => {
  let now = 0;
  const closing = new Closing(() => now);
  const closed: number[] = [];
  const peer = (i: number, takes: number) => ({
    close() {
      closed.push(i);
      now += takes;
    },
  });
  // Of large ones two make the slice of a turn; a small one takes no time.
  for (const [i, takes] of [1, 1, 1.5, 1.5, 0, 3, 0].entries()) closing.close(peer(i, takes));
  assertEquals(closed, [0, 1]);
  await nextTurn();
  assertEquals(closed, [0, 1, 2, 3]);
  closing.close(peer(7, 0));
  await nextTurn();
  assertEquals(closed, [0, 1, 2, 3, 4, 5]);
  await nextTurn();
  assertEquals(closed, [0, 1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("one that is closed already keeps nobody from being closed", () => {
  const closing = new Closing(() => 0);
  let isClosed = false;
  closing.close({
    close() {
      throw new Deno.errors.BadResource();
    },
  });
  closing.close({ close: () => void (isClosed = true) });
  assertEquals(isClosed, true);
});
