import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { FLAG_TEXTS, FLAGS, help } from "./flags.ts";

Deno.test("FLAG_TEXTS has each flag, as data, with its variable and what counts without it", () => {
  assertEquals(FLAG_TEXTS.find(({ name }) => name === "web-port"), {
    name: "web-port",
    usage: "--web-port N",
    variable: "TEAHOUSE_WEB_PORT",
    isInFile: true,
    meaning: "the port of the page, and of its WebSocket; 0 picks a free one",
    otherwise: "8080, or the next one that is free",
    isList: false,
  });
  assertEquals(JSON.parse(JSON.stringify(FLAG_TEXTS)), FLAG_TEXTS);
  for (const { usage, otherwise } of FLAG_TEXTS) {
    assertStringIncludes(help(), `  ${usage}`);
    assert(otherwise !== "");
  }
  assertEquals(FLAG_TEXTS.map(({ name }) => name).sort(), Object.keys(FLAGS).sort());
  const outOfFile = FLAG_TEXTS.filter(({ isInFile }) => !isInFile).map(({ name }) => name);
  assertEquals(outOfFile, ["config", "password", "oper"]);
});
