import { assertEquals } from "@std/assert";
import { refusalText } from "./file_refusals.ts";

Deno.test("a refusal is a sentence in the person's language, with its figures", () => {
  const said = "your files may have 100 KiB here, of which 36.5 KiB are left";
  assertEquals(refusalText(said, "en"), "Your files may have 100 KiB here, of which 36.5 KiB are left.");
  assertEquals(refusalText(said, "zh"), "您的文件在这里最多占 100 KiB，还剩 36.5 KiB。");
  assertEquals(
    refusalText("4 files of yours are being sent already; send the next one after them", "zh"),
    "您已有 4 个文件正在发送，请稍候。",
  );
  // A figure that looks like a pattern stays what it is.
  assertEquals(
    refusalText("all files may have $2 here, of which 1 B are left", "zh"),
    "这里所有文件最多占 $2，还剩 1 B。",
  );
});

Deno.test("what the room says in other words is told in those", () => {
  assertEquals(refusalText("no cups today", "zh"), "No cups today.");
  assertEquals(refusalText("Only with an account.", "en"), "Only with an account.");
});

Deno.test("every refusal that the server has for a sender's own doing has its sentence in Chinese", async () => {
  const kept = await Deno.readTextFile(new URL("../server/files/ledger.ts", import.meta.url));
  const said = [...kept.matchAll(/new FileRefusal\(\s*\d+,\s*`([^`]+)`/g)].map(([, text]) =>
    text.replaceAll(/\$\{[^}]*\}/g, "3")
  );
  assertEquals(said.length >= 5, true, `${said}`);
  for (const text of said) assertEquals(/\p{sc=Han}/u.test(refusalText(text, "zh")), true, text);
});
