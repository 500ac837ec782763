import { assertEquals } from "@std/assert";
import { KeyReader } from "./keys.ts";

/** What these reads say: text as it is, keys in brackets. */
function read(...reads: string[]): string {
  const reader = new KeyReader();
  return reads.flatMap((text) => [...reader.push(text)])
    .map((key) => key.type === "text" ? key.text : `[${key.name}]`).join("");
}

Deno.test("KeyReader tells text from keys", () => {
  assertEquals(read("te👨‍👩‍👧‍👦a 茶\x7f\b\t\r\n\n\r"), "te👨‍👩‍👧‍👦a 茶[backspace][backspace][tab][enter][enter][enter]");
  assertEquals(read("\x01\x03\x04\x17\x1f\x1e\x00"), "[ctrl-a][ctrl-c][ctrl-d][ctrl-w][ctrl-_][ctrl-^][ctrl-@]");
});

Deno.test("KeyReader knows the cursor keys of xterm, rxvt and the Linux console, alone and with Ctrl or Alt", () => {
  assertEquals(read("\x1b[A\x1b[B\x1bOC\x1bOD\x1b[H\x1bOF"), "[up][down][right][left][home][end]");
  assertEquals(read("\x1b[1~\x1b[3~\x1b[4~\x1b[7~\x1b[8~"), "[home][delete][end][home][end]");
  assertEquals(
    read("\x1b[1;5D\x1b[1;3C\x1b[3;5~\x1bOd\x1b[3^\x1b\x1b[D"),
    [
      "[ctrl-left][alt-right][ctrl-delete]",
      "[ctrl-left][ctrl-delete][alt-left]",
    ].join(""),
  );
  assertEquals(read("\x1bb\x1bD\x1b\x7f\x1b茶"), "[alt-b][alt-d][alt-backspace][alt-茶]");
});

Deno.test("KeyReader reads a sequence whole, known or not: nothing of it is text", () => {
  for (
    const sequence of [
      ...[
        "\x1b[15~",
        "\x1b[[A",
        "\x1bOP",
        "\x1b[Z",
        "\x1b[1;2P",
        "\x1b[57441u",
        "\x1b[27;5;9~",
        "\x1b[<0;1;1M",
        "\x1b[I",
      ],
      ...["\x1b[?1;2c", "\x1b]11;rgb:1/2/3\x07", "\x1bP1$r0m\x1b\\", "\x1b[24;80R", "\x1b[?2027;2$y", "\x9b", "\x00"],
    ]
  ) {
    const keys = [...new KeyReader().push(`a${sequence}b`)];
    assertEquals(keys.map(({ type }) => type), ["text", "key", "text"], JSON.stringify(sequence));
  }
});

Deno.test("KeyReader gives the answer of a terminal about pictures whole, also over several reads", () => {
  const reader = new KeyReader();
  const keys = ["\x1b_Gi=3", "1;OK", "\x1b", "\\\x1b[?62;4", "c", "x"].flatMap((text) => [...reader.push(text)]);
  assertEquals(keys, [
    { type: "key", name: "", sequence: "\x1b_Gi=31;OK\x1b\\" },
    { type: "key", name: "", sequence: "\x1b[?62;4c" },
    { type: "text", text: "x" },
  ]);
});

Deno.test("KeyReader reads a sequence over several reads, and a lone Escape as a key that means nothing", () => {
  assertEquals(read("a\x1b[", "1;5", "Db"), "a[ctrl-left]b");
  assertEquals(read("a\x1b", "[Db"), "a[left]b");
  assertEquals(read("a\x1b", "b\x1b", "\r"), "ab[enter]");
});
