import { assertEquals, assertThrows } from "@std/assert";
import { checkPair, isFor } from "./pair.ts";
import { makeIssuer, pairOf } from "./testing.ts";

Deno.test("a certificate is for its names, for what its stars stand for, and for its addresses", () => {
  const names = { hosts: ["tea.example", "*.tea.example", "*.example"], addresses: ["10.0.0.7", "2001:db8::1"] };
  const cases: [string, boolean][] = [
    ["tea.example", true],
    ["TEA.example.", true],
    ["pot.tea.example", true],
    ["a.pot.tea.example", false],
    ["10.0.0.7", true],
    ["2001:DB8:0::1", true],
    ["10.0.0.8", false],
    // A star for all of a top-level domain stands for nothing.
    ["pot.example", false],
    ["example", false],
    ["", false],
  ];
  for (const [name, isNamed] of cases) assertEquals(isFor(names, name), isNamed, name);
});

Deno.test("a pair is checked: each by itself, and both together", () => {
  const issuer = makeIssuer();
  const [one, two] = [pairOf(issuer), pairOf(issuer)];
  checkPair(one);
  assertThrows(() => checkPair({ cert: one.cert, key: two.key }), Error, "the key belongs to another certificate");
  assertThrows(() => checkPair({ cert: "tea", key: one.key }), Error, "the certificate can't be read");
  assertThrows(() => checkPair({ cert: one.cert, key: one.cert }), Error, "the key can't be read");
});
