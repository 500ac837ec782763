import { assertEquals, assertRejects } from "@std/assert";
import { readPassword } from "./password.ts";

/** A file that holds this, as long as the test takes. */
async function holding(bytes: string | Uint8Array): Promise<AsyncDisposable & { path: string }> {
  const path = await Deno.makeTempFile({ prefix: "teahouse-" });
  await Deno.writeFile(path, typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

Deno.test("readPassword() gives what is in a file, without one line end", async () => {
  const files = [
    ["tea leaf", "tea leaf"],
    ["tea leaf\n", "tea leaf"],
    ["tea leaf\r\n", "tea leaf"],
    [" 茶 \n", " 茶 "],
    ["x".repeat(400) + "\r\n", "x".repeat(400)],
  ];
  for (const [text, password] of files) {
    await using file = await holding(text);
    assertEquals(await readPassword(file.path), password);
  }
});

Deno.test("readPassword() says what is wrong with a file, and not what is in it", async () => {
  const files: [bytes: string | Uint8Array, why: string][] = [
    ["", "holds no password"],
    ["\n", "holds no password"],
    ["secret\n\n", "holds more than one line"],
    ["one\ntwo", "holds more than one line"],
    ["nul\0", "or a NUL"],
    ["x".repeat(401), "holds more than the 400 bytes"],
    ["x".repeat(10_000), "holds more than the 400 bytes"],
    [new Uint8Array([0xff, 0xfe]), "is no UTF-8"],
  ];
  for (const [bytes, why] of files) {
    await using file = await holding(bytes);
    await assertRejects(() => readPassword(file.path), RangeError, why);
  }
  await assertRejects(() => readPassword("/nowhere/at all"), RangeError, '"/nowhere/at all" cannot be read: No such');
  await assertRejects(() => readPassword("/"), RangeError, '"/" cannot be read: ');
});

Deno.test("readPassword() reads no more of a file without end than shows that it has none", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await assertRejects(() => readPassword("/dev/zero"), RangeError, "holds more than");
});
