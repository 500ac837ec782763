import { assertEquals } from "@std/assert";
import { BucketsByKey } from "./buckets_by_key.ts";

Deno.test("a bucket is its key's until it is full again, and then it is forgotten, a few with each use", () => {
  const buckets = new BucketsByKey({ burst: 2, perSecond: 1 });
  for (let i = 0; i < 1_000; i++) buckets.of(`address ${i}`, 0).take(2, 0);
  assertEquals(buckets.size, 1_000);
  // Half full, alice's is the one that it was; the others are not forgotten before they are full.
  assertEquals(buckets.of("address 7", 1_000).level(1_000), 1);
  assertEquals(buckets.size, 1_000);
  let uses = 0;
  for (; buckets.size > 1; uses++) buckets.of("bob", 2_000).take(1, 2_000);
  assertEquals(uses, 500);
});
