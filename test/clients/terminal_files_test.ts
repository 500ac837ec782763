/** Files in a terminal that tmux draws: the card, the picture below it, and the prompt below both. */

import { assert, assertEquals } from "@std/assert";
import { plainPng } from "../../terminal/pictures/testing.ts";
import { openRoom } from "../room.ts";
import { OURS, type Program, Terminals, testWith } from "./programs.ts";

/** Our client, which shows pictures as half blocks. */
function showing(...args: string[]): Program {
  return {
    ...OURS,
    start: async (...of) => {
      const [command, ...rest] = await OURS.start(...of);
      // tmux is started without colours, which a test of pictures needs.
      return ["env", "-u", "NO_COLOR", "COLORTERM=truecolor", command, ...rest, ...args];
    },
  };
}

testWith(
  ["tmux"],
  "a picture is a card, and half blocks below it; the prompt and what is typed stay below both",
  async () => {
    await using room = await openRoom();
    await using terminals = new Terminals();
    const path = `${terminals.home}/red kettle.png`;
    await Deno.writeFile(path, plainPng(120, 40, [255, 0, 0]));
    const bob = await terminals.start(showing("--images", "blocks"), room, "bob");
    await bob.shows("bob --> #lobby>");
    const alice = await terminals.start(showing("--images", "none"), room, "alice");
    await alice.shows("alice --> #lobby>");
    await alice.types(`/send '${path}'`);
    await alice.shows("<alice> red kettle.png (", ", picture 120x40) http://127.0.0.1:");
    await bob.shows("red kettle.png, from alice:");
    await bob.shows("▀".repeat(60));
    const rows = await bob.rows();
    const title = rows.findIndex((row) => row.includes("red kettle.png, from alice:"));
    // 60 columns and 20 rows of pixels are 10 rows of characters.
    assertEquals(rows.slice(title + 1, title + 11).map((row) => row.trimEnd()), Array(10).fill("▀".repeat(60)));
    assert(rows[title + 11].startsWith("bob --> #lobby>"), rows.join("\n"));
    await bob.types("a fine kettle");
    await bob.shows("<bob> a fine kettle");
    await alice.shows("<bob> a fine kettle");
    assertEquals((await alice.rows()).some((row) => row.includes("▀")), false);
  },
);
