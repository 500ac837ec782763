import { assertEquals, assertMatch } from "@std/assert";
import { random } from "../server/testing.ts";
import { decodeBase85, encodeBase85 } from "./base85.ts";

Deno.test("base 85 writes and reads bytes of any number and value, without a sign that a program escapes", () => {
  // The example of the specification.
  assertEquals(encodeBase85(Uint8Array.fromHex("864fd26fb559f75b")), "HelloWorld");
  const next = random(85);
  const cases = [new Uint8Array(0), new Uint8Array(9), new Uint8Array(10).fill(255), new Uint8Array(11).fill(255)];
  for (let length = 1; length < 200; length++) {
    cases.push(Uint8Array.from({ length }, () => Math.floor(next() * 256)));
  }
  for (const bytes of cases) {
    const text = encodeBase85(bytes);
    assertEquals(decodeBase85(text), bytes);
    assertEquals(text.length, Math.ceil(bytes.length / 4 * 5));
    assertMatch(text, /^[^"'`\\\s]*$/);
  }
});
