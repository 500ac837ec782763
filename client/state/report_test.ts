import { assert, assertEquals } from "@std/assert";
import { byteLength, format, LIMITS } from "../../protocol.ts";
import { readReportTag, type Report, REPORT_TAG, reportTag } from "./report.ts";
import { answering } from "./said.ts";

Deno.test("a report is read as it was written", () => {
  const reports: Report[] = [
    { nick: "dave", text: "buy cheap leaves", why: "spam" },
    { nick: "王芳", text: "50 % & more; a=b +c “茶”", why: "" },
    { nick: "mallory_", text: "", why: "see\\: :" },
  ];
  for (const report of reports) assertEquals(readReportTag(reportTag(report)), report);
  assertEquals(reportTag(reports[0]), "nick=dave&text=buy+cheap+leaves&why=spam");
});

Deno.test("a report that is too long is cut, and fits into the tags of a line whatever it says", () => {
  const long = reportTag({ nick: "𠮷".repeat(30), text: "茶🍵".repeat(90), why: "𠮷".repeat(300) });
  const read = readReportTag(long);
  assertEquals([read?.text, read?.why], ["茶🍵".repeat(50), "𠮷".repeat(100)]);
  const tags = { ...answering("x".repeat(64)), [REPORT_TAG]: long, label: "t12345" };
  const line = format({ tags, command: "NOTICE", params: ["@#tea", "x"] });
  assert(byteLength(line.slice(0, line.indexOf(" ") + 1)) <= LIMITS.clientTagBytes);
});

Deno.test("what is no report is none", () => {
  const wrong = [
    undefined,
    "",
    "text=a&why=b",
    "nick=&text=a",
    "nick=a+b&text=a",
    "nick=a%00b&text=a",
    "nick=a%E2%80%AEb&text=a",
    `nick=${"a".repeat(2_000)}&text=a`,
    // A command would take these for more than one person.
    "nick=*&text=a",
    "nick=*!*@*&text=a",
    "nick=d%3Fve&text=a",
    "nick=~a:dave&text=a",
    "nick=$a:dave&text=a",
    "nick=10.0.0.7&text=a",
    "nick=dave,olga&text=a",
    `nick=dave&text=${"a".repeat(101)}`,
    `nick=dave&text=a&why=${"a".repeat(101)}`,
    `nick=dave&text=a&x=${"x".repeat(3_000)}`,
  ];
  for (const value of wrong) assertEquals(readReportTag(value), undefined, value);
  assertEquals(readReportTag("nick=dave"), { nick: "dave", text: "", why: "" });
});
