import { assert, assertEquals } from "@std/assert";
import { parse } from "../../protocol.ts";
import { Batches } from "./batch.ts";

Deno.test("Batches collects what answers a question, also within a labeled response, and lets all else pass", () => {
  const batches = new Batches();
  const take = (line: string) => batches.take(parse(line));
  assertEquals(take("@label=1 BATCH +a labeled-response"), undefined);
  assertEquals(take("@batch=a BATCH +b chathistory #tea"), "kept");
  assertEquals(take("@batch=b :alice PRIVMSG #tea :one"), "kept");
  assertEquals(take("@batch=a :tea NOTE * :two"), undefined);
  assertEquals(take(":alice PRIVMSG #tea :three"), undefined);
  const batch = take("@batch=a BATCH -b");
  assertEquals(batch !== undefined && batch !== "kept" && [batch.type, batch.params, batch.messages.length], [
    "chathistory",
    ["#tea"],
    1,
  ]);
  assertEquals([take("BATCH -a"), take("BATCH -b"), take("BATCH"), take("@batch=b PING x")], Array(4).fill(undefined));
});

Deno.test("Batches stays small, whatever a server sends", () => {
  const batches = new Batches();
  for (let i = 0; i < 1_000; i++) batches.take(parse(`BATCH +${i} chathistory #tea`));
  for (let i = 0; i < 10_000; i++) batches.take(parse("@batch=0 :alice PRIVMSG #tea :x"));
  const batch = batches.take(parse("BATCH -0"));
  assertEquals(batch !== undefined && batch !== "kept" && batch.messages.length, 5_000);
  assertEquals(batches.take(parse("BATCH -999")), undefined);
});

Deno.test("Batches counts each parameter and each tag of a message, however short they are", () => {
  const tags = Array.from({ length: 4_000 }, (_, i) => String.fromCharCode(0x4e00 + i)).join(";");
  for (const line of [`@batch=0;${tags} PING`, `@batch=0 PING${" a".repeat(8_000)}`]) {
    const batches = new Batches();
    batches.take(parse("BATCH +0 chathistory #tea"));
    const message = parse(line);
    for (let i = 0; i < 1_000; i++) batches.take(message);
    const batch = batches.take(parse("BATCH -0"));
    assert(batch !== undefined && batch !== "kept" && batch.messages.length < 100);
  }
});
