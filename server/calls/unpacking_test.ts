import { assertEquals } from "@std/assert";
import { packJson } from "../../shared/packed_json.ts";
import { unpackNow } from "./unpacking.ts";

/** Packs a text that is said to be JSON. */
async function packText(text: string): Promise<string> {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(packed).arrayBuffer()).toBase64({
    alphabet: "base64url",
    omitPadding: true,
  });
}

Deno.test("what is packed is unpacked at once, and what is no such text, too long or too deep is nothing", async () => {
  const signal = { c: "#茶", s: 1, m: [["0", '[[{"\\', 2]], d: { sdp: "[".repeat(100) } };
  assertEquals(unpackNow(await packJson(signal)), signal);
  const deep = (depth: number) => packText(`${"[".repeat(depth)}${"]".repeat(depth)}`);
  assertEquals(unpackNow(await deep(8)), [[[[[[[[]]]]]]]]);
  const odd = ["", "!", "AAAA", "x".repeat(10_000), await deep(9), await deep(30_000), await packText("{")];
  for (const packed of [...odd, await packText(`"${"a".repeat(70_000)}"`), await packText('"a')]) {
    assertEquals(unpackNow(packed), undefined, packed.slice(0, 80));
  }
});
