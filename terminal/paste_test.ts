import { assertEquals } from "@std/assert";
import { PasteReader, type TerminalInput } from "./paste.ts";

const PASTE = "\x1b[200~one\r/quit\r\x1b[201~";

function read(...chunks: string[]): TerminalInput[] {
  const reader = new PasteReader();
  return chunks.flatMap((chunk) => [...reader.push(chunk)]);
}

/** Neighbouring keys as one, since how they are cut does not matter. */
function joined(inputs: TerminalInput[]): string {
  return inputs.map(({ type, text }) => type === "paste" ? `<${text}>` : text).join("");
}

Deno.test("PasteReader tells a paste from keys before and after it", () => {
  assertEquals(read(`ab${PASTE}cd`), [
    { type: "keys", text: "ab" },
    { type: "paste", text: "one\r/quit\r" },
    { type: "keys", text: "cd" },
  ]);
});

Deno.test("PasteReader gives the same where reads cut it anywhere, but right after Escape", () => {
  const text = `a${PASTE}\x1b[Ab${PASTE}`;
  for (let cut = 0; cut <= text.length; cut++) {
    // There an Escape or Alt-[ may have been pressed, and keys do not wait.
    if (text.slice(0, cut).endsWith("\x1b") && text.startsWith("[200~", cut)) continue;
    if (text.slice(0, cut).endsWith("\x1b[") && text.startsWith("200~", cut)) continue;
    const expected = "a<one\r/quit\r>\x1b[Ab<one\r/quit\r>";
    assertEquals(joined(read(text.slice(0, cut), text.slice(cut))), expected, `cut at ${cut}`);
  }
});

Deno.test("PasteReader gives keys at once, Escape and arrows too", () => {
  assertEquals(joined(read("\x1b")), "\x1b");
  assertEquals(joined(read("\x1b[A")), "\x1b[A");
  assertEquals(joined(read("\x1b[2", "~")), "\x1b[2~");
});

Deno.test("PasteReader passes on no empty paste, and keeps escapes that are pasted", () => {
  assertEquals(read("\x1b[200~\x1b[201~"), []);
  assertEquals(joined(read("\x1b[200~\x1b[20x\x1b[201~")), "<\x1b[20x>");
});
