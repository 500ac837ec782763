import { assertEquals, assertNotEquals } from "@std/assert";
import { RELAY_SECONDS, relayPass } from "./relay.ts";

Deno.test("relayPass() makes what coturn expects: until when and for whom, and its HMAC in base64", () => {
  const now = Date.parse("2026-01-01T12:00:00.999Z");
  const { username, password } = relayPass({ secret: "oolong" }, "account:alice", now);
  const [until, name] = username.split(":");
  assertEquals(Number(until), Date.parse("2026-01-01T12:00:00Z") / 1000 + RELAY_SECONDS);
  assertEquals(/^[\da-f]{16}$/.test(name), true);
  // printf %s USERNAME | openssl dgst -sha1 -hmac oolong -binary | base64
  assertEquals([username, password], ["1767312000:59ab28d042b90251", "aaT1DxuQwq1mQrOFkNL5MBeN644="]);
});

Deno.test("relayPass() is another for each person and each secret, and the same for the same one", () => {
  const pass = (secret: string, identity: string) => relayPass({ secret }, identity, 0);
  assertEquals(pass("oolong", "device:1"), pass("oolong", "device:1"));
  assertNotEquals(pass("oolong", "device:1").username, pass("oolong", "device:2").username);
  assertNotEquals(pass("oolong", "device:1").password, pass("sencha", "device:1").password);
});
