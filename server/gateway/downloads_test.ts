import { assertEquals, assertThrows } from "@std/assert";
import { FileRefusal } from "../files/refusal.ts";
import { DownloadCounts, MOST_SENT } from "./downloads.ts";

/** Begins as many as an address gets. */
function beginAll(counts: DownloadCounts, range: string): Disposable[] {
  const begun: Disposable[] = [];
  for (;;) {
    try {
      begun.push(counts.begin(range));
    } catch (error) {
      if (error instanceof FileRefusal) return begun;
      throw error;
    }
  }
}

Deno.test("files that are sent have a bound at each address and for all, and nobody is left without any", () => {
  const counts = new DownloadCounts();
  const mallory = Array.from({ length: 100 }, (_, i) => beginAll(counts, `198.51.100.${i}`));
  const full = MOST_SENT.all / MOST_SENT.address;
  assertEquals(mallory.map(({ length }) => length), [
    ...Array(full).fill(MOST_SENT.address),
    ...Array(100 - full).fill(MOST_SENT.always),
  ]);
  const alice = beginAll(counts, "192.0.2.1");
  assertEquals(alice.length, MOST_SENT.always);
  assertThrows(() => counts.begin("192.0.2.1"), FileRefusal, "8 files are being sent to your address already");
  for (const begun of mallory.flat()) begun[Symbol.dispose]();
  assertEquals(counts.all, alice.length);
  const others = beginAll(counts, "192.0.2.1");
  assertEquals(alice.length + others.length, MOST_SENT.address);
  for (const begun of [...alice, ...others]) begun[Symbol.dispose]();
  assertEquals(counts.all, 0);
});
