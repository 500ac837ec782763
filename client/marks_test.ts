import { assertEquals } from "@std/assert";
import { spansOf } from "./marks.ts";

/** A line with its styles in brackets: `a [bold:b]`. */
function read(line: string): string {
  return spansOf(line).map(({ text, style }) => style === "" ? text : `[${style}:${text}]`).join("");
}

Deno.test("spansOf() reads marks and IRC's formatting alike, one within the other", () => {
  const table: [line: string, read: string][] = [
    ["plain", "plain"],
    ["", ""],
    ["**bold** *italic* ~~struck~~ `code`", "[bold:bold] [italic:italic] [strike:struck] [code:code]"],
    [
      "\x02bold\x02 \x1ditalic\x1d \x1estruck\x1e \x11code\x11",
      "[bold:bold] [italic:italic] [strike:struck] [code:code]",
    ],
    ["\x0304,01a\x02b\x1dc\x0fd", "a[bold:b][bold italic:c]d"],
    ["\x1f*both*\x1f", "[italic underline:both]"],
    ["***both***", "[bold italic:both]"],
    ["**a *b* c**", "[bold:a ][bold italic:b][bold: c]"],
    ["*a **b** c*", "[italic:a ][bold italic:b][italic: c]"],
    ["~~**a**~~", "[bold strike:a]"],
    ['(**a**), "*b*"!', '([bold:a]), "[italic:b]"!'],
    ["*two words*", "[italic:two words]"],
    ["**看**这是**重要**的", "[bold:看]这是[bold:重要]的"],
    ["**Wichtig**: *schön*", "[bold:Wichtig]: [italic:schön]"],
    ["``a ` b`` `c``d`", "[code:a ` b] [code:c``d]"],
    ["`**a** http://b/*c*`", "[code:**a** http://b/*c*]"],
    ["\x11**a**\x11", "[code:**a**]"],
    ["**see http://tea.example/**", "[bold:see http://tea.example/]"],
  ];
  for (const [line, expected] of table) assertEquals(read(line), expected, line);
});

Deno.test("spansOf() takes nothing for a mark that may be something else", () => {
  const lines = [
    "snake_case and __init__ and _this_",
    "2*3*4 is 24, 2**3**4, a*b*c",
    "2 * 3 * 4, a ** b ** c",
    "http://tea.example/a*b*c_d_e/~~f~~?g=**h**",
    "see http://a/*b* and http://c/*d*",
    ":+1: :heavy_check_mark: :*:",
    "*.ts *.js src/*.ts,test/*.ts **/*.md",
    "/*comment*/ and /* comment */",
    "C:\\*x*\\y",
    "f(*args, **kwargs)",
    "~/.config ~~~ ~/x~",
    "* item",
    "** **",
    "**\u200b**",
    "**unclosed *too ~~and `this",
    "*a\t*",
    "****",
    "`",
    "``",
    "```a```",
    "5*",
    "*5",
    "¯\\_(ツ)_/¯",
    "**a**b and a**b",
  ];
  for (const line of lines) {
    assertEquals(read(line).replaceAll("\u200b", ""), line.replaceAll("\u200b", ""), line);
  }
});

Deno.test("spansOf() ends at the nearest mark, and passes over one that another encloses", () => {
  assertEquals(read("*a *b* c*"), "*a [italic:b] c*");
  assertEquals(read("*a **b* c**"), "[italic:a **b] c**");
  assertEquals(read("**a `b** c`"), "**a [code:b** c]");
  assertEquals(read("**a `b` c**"), "[bold:a ][bold code:b][bold: c]");
});

Deno.test("spansOf() takes out what hides or reorders text, and leaves tabs", () => {
  assertEquals(read("\tif x:\t\t**go**\x0b\t"), "\tif x:\t\t[bold:go] \t");
  assertEquals(read("**a\u202eb\x00** c\x1b[31m"), "[bold:ab] c[31m");
});
