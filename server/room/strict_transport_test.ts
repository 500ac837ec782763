import { assertEquals } from "@std/assert";
import { strictTransport } from "./strict_transport.ts";

Deno.test("who comes without TLS from elsewhere is told the port, who has TLS for how long, and who is near nothing", () => {
  const told = (address: string, isSecure: boolean, port?: number) => strictTransport({ address, isSecure }, port);
  assertEquals(told("203.0.113.7", false, 6697), "port=6697");
  assertEquals(told("2001:db8::1", false, 6700), "port=6700");
  assertEquals(told("203.0.113.7", true, 6697), "duration=2592000");
  assertEquals(told("192.168.1.5", true, 6697), "duration=2592000");
  for (const near of ["192.168.1.5", "127.0.0.1", "0::1", "fd00::2", "100.64.0.9"]) {
    assertEquals(told(near, false, 6697), undefined, near);
  }
  // Nobody would let them in there.
  assertEquals(told("203.0.113.7", false), undefined);
  assertEquals(told("203.0.113.7", true), undefined);
});
