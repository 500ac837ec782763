import { assertEquals, assertThrows } from "@std/assert";
import { addressSet } from "./networks.ts";

Deno.test("addressSet() refuses what is neither an address nor a subnet", () => {
  for (
    const entry of ["", "kettle", "1.2.3", "1.2.3.4/33", "1.2.3.4/", "1.2.3.4/8/8", "::1/129", "1.2.3.4/-1", " ::1"]
  ) {
    assertThrows(() => addressSet([entry]), TypeError, `"${entry}" is none`);
  }
  const set = addressSet(["192.0.2.0/24", "2001:db8::/32"]);
  assertEquals(["192.0.2.9", "::ffff:192.0.2.9", "2001:db8::9", "192.0.3.1", "x"].map((at) => set.has(at)), [
    ...[true, true, true, false, false],
  ]);
});
