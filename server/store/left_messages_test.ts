import { assertEquals } from "@std/assert";
import { LeftMessages } from "./left_messages.ts";
import { Store } from "./store.ts";

async function withMessages(test: (left: LeftMessages, store: Store) => void | Promise<void>): Promise<void> {
  const store = new Store(":memory:");
  await test(new LeftMessages(store), store);
  await store.close();
}

/** So many messages for one person, from one range. */
function add(left: LeftMessages, from: number, count: number, recipient: string, range: string): number {
  let added = 0;
  for (let id = from; id < from + count; id++) if (left.add({ id, recipient, range, bytes: 1 })) added++;
  return added;
}

Deno.test("a message waits for the one whom it was left for alone, before and after it is written, until the return", () =>
  withMessages((left, store) => {
    add(left, 1, 1, "account:bob", "10.0.0.1");
    for (const isWritten of [false, true]) {
      if (isWritten) store.flush();
      assertEquals(left.isWaiting(1, "account:bob"), true);
      assertEquals(left.isWaiting(1, "account:carol"), false);
      assertEquals(left.ids("account:bob"), [1]);
      assertEquals(left.amount("account:bob", "10.0.0.1"), { count: 1, bytes: 1 });
      assertEquals(left.amount("account:bob", "10.0.0.2"), { count: 0, bytes: 0 });
    }
    left.forget("account:bob", 1);
    assertEquals([left.isWaiting(1, "account:bob"), left.amount("account:bob").count], [false, 0]);
  }));

Deno.test("while nothing can be written, one address fills what may wait for nobody else", () =>
  withMessages((left) => {
    assertEquals(add(left, 1, 2_000, "account:bob", "10.0.0.1"), 1_000);
    assertEquals([left.hasRoom("10.0.0.1"), left.hasRoom("10.0.0.2")], [false, true]);
    assertEquals(add(left, 3_000, 1, "account:bob", "10.0.0.2"), 1);
    // Whoever comes back makes room for what is left by others, and by that address.
    left.forget("account:bob", 10_000);
    assertEquals(add(left, 4_000, 1, "account:bob", "10.0.0.1"), 1);
  }));
