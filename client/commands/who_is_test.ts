import { assertEquals } from "@std/assert";
import { Person } from "../testing.ts";
import { whoIs } from "./who_is.ts";

Deno.test("whoIs() reads what the server tells of somebody, and tells the person nothing of it", async () => {
  const bob = await Person.hearing("bob", "labeled-response batch echo-message");
  await bob.server.says(":bob!b@host JOIN #tea", ":tea 353 bob = #tea :@bob alice", ":tea 366 bob #tea :End");
  const before = bob.lines().length;
  const asked = whoIs(bob.client.actions, "alice");
  const question = await bob.server.answers((label) => [
    `@label=${label} :tea BATCH +w labeled-response`,
    ...[
      "311 bob Alice alice 10.0.0.7 * :Alice B.",
      "319 bob Alice :@#tea +#lobby #elsewhere",
      "312 bob Alice tea :Tea",
      "313 bob Alice :owns this room",
      "330 bob Alice alice :is logged in as",
      "301 bob Alice :at lunch",
      "317 bob Alice 90 1790000000 :seconds idle, signon time",
      "760 bob Alice status * :on the phone",
      "318 bob Alice :End of /WHOIS list",
    ].map((line) => `@batch=w :tea ${line}`),
    "BATCH -w",
  ]);
  assertEquals(question, "WHOIS alice");
  assertEquals(await asked, {
    nick: "Alice",
    status: "on the phone",
    realName: "Alice B.",
    account: "alice",
    away: { why: "at lunch" },
    since: 1_790_000_000_000,
    idle: 90,
    common: ["#tea", "#lobby"],
    rules: ["#tea"],
    rank: "owner",
    isBot: false,
    addresses: ["10.0.0.7"],
    isForOperators: false,
  });
  assertEquals(bob.lines().length, before);
  const nobody = whoIs(bob.client.actions, "carol");
  await bob.server.answers((label) => [`@label=${label} :tea 401 bob carol :No such nick`]);
  assertEquals(await nobody, undefined);
  await bob.leaves();
});
