/**
 * What docs/configuration.md says of the server's flags is so, in both languages.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { tableIn, TABLES } from "../docs/flag_tables.ts";
import { configFile } from "../server/config_file.ts";
import { FLAGS } from "../server/flags.ts";

for (const [file, table] of Object.entries(TABLES)) {
  const read = () => Deno.readTextFile(new URL(`../docs/${file}`, import.meta.url));

  Deno.test(`docs/${file} has the table of the flags; "deno task docs" writes it anew`, async () => {
    assertEquals(tableIn(await read()), table());
  });

  Deno.test(`docs/${file}: its configuration file can be used`, async () => {
    const [, text] = /^```toml[^\n]*\n(.*?)^```$/ms.exec(await read())!;
    const source = configFile("teahouse.toml", text, FLAGS, "config");
    assertEquals(source("web-port", FLAGS["web-port"])?.texts, ["80"]);
    assertEquals(source("trust-proxy", FLAGS["trust-proxy"])?.texts, ["10.0.0.1,10.0.0.2"]);
  });
}

Deno.test("the Chinese table is in Chinese", () => {
  for (const row of TABLES["configuration.zh.md"]().slice(1)) assertMatch(row.at(-1)!, /\p{Script=Han}/u);
});
