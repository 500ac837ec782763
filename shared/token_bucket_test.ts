import { assert, assertEquals } from "@std/assert";
import { TokenBucket } from "./token_bucket.ts";

Deno.test("TokenBucket: fills up to its bound, owes what is taken beyond, and a clock set back takes nothing away", () => {
  const bucket = new TokenBucket({ burst: 10, perSecond: 2 }, 1_000);
  bucket.take(14, 1_000);
  assertEquals([bucket.level(1_000), bucket.wait(1, 1_000)], [-4, 2_500]);
  assertEquals(bucket.level(500), -4);
  assert(!bucket.tryTake(1, 2_000) && bucket.tryTake(1, 5_000));
  assertEquals(bucket.level(1e9), 10);
});
