/** Attacks on what is kept: questions that look through all of it, and floods of what is to be kept. */

import { assertLess } from "@std/assert";
import type { Attack, Scene, Target } from "../attack.ts";
import { storm } from "./lines.ts";

const READS = "batch message-tags server-time draft/chathistory soju.im/search";

/** Searches without a hit, each for another reason. */
const SEARCHES = [
  "text=nothingatall",
  "text=zq",
  "text=q",
  "text=e\\sa\\so\\si\\szqzq",
  "from=nobody",
  "text=e;from=nobody",
  "text=%",
  "text=;from=nobody",
  "from=nobody;before=2026-01-01T00:00:00.000Z",
  "from=nobody;after=2001-01-01T00:00:00.000Z",
  "in=#attic;from=nobody;limit=100",
  `text=${"the\\s".repeat(80)}zq`,
].map((attributes) => `SEARCH ${attributes}`);

/** What of the database is on the disk, in bytes. */
function storedBytes({ folder }: Scene): number {
  return [...Deno.readDirSync(folder)].reduce((sum, { name }) => sum + Deno.statSync(`${folder}/${name}`).size, 0);
}

/** The most that may be written in the time of an attack from some addresses, the log of the database included. Bytes. */
const MOST_STORED = 64 << 20;

async function storesLittle(scene: Scene): Promise<void> {
  await Promise.resolve();
  assertLess(storedBytes(scene), MOST_STORED, "bytes are on the disk");
}

/** Somebody who comes in with a client that asks for a page of history must be given it, as must one who is sent it. */
async function canBeRead({ room }: Scene): Promise<void> {
  const reader = await room.person("reader", { caps: READS, join: "#poison" });
  await reader.send("CHATHISTORY LATEST #poison * 1000");
  await reader.sees(/ BATCH \+\S+ chathistory /);
  await reader.sees(/ BATCH -/);
  await reader.everything();
  const plain = await room.person("plain", { join: "#poison" });
  await plain.everything();
  for (const person of [reader, plain]) {
    await person.send("QUIT");
    await person.rest();
  }
}

const TAGS = `@+x=${"x".repeat(4_080)}`;

/** The family's attacks. */
export const HISTORY: readonly Attack[] = [
  storm("SEARCH without a hit in 100,000 messages", {
    caps: READS,
    join: "#attic",
    size: 20,
    lines: (i) => SEARCHES.slice(i % SEARCHES.length).concat(SEARCHES),
  }, { hasAttic: true }),
  {
    name: "a burst of SEARCH by those who leave at once, in 100,000 messages",
    hasAttic: true,
    attack: (target) =>
      target.crowd(8, async (i) => {
        using peer = await target.person(i, { caps: READS, join: "#attic" });
        await peer.say(...SEARCHES.slice(0, 8), ...SEARCHES.slice(0, 8), "QUIT");
      }),
  },
  storm("CHATHISTORY of 1,000 messages", {
    caps: READS,
    join: "#attic",
    size: 100,
    lines: () => [
      "CHATHISTORY LATEST #attic * 1000",
      "CHATHISTORY BEFORE #attic timestamp=2100-01-01T00:00:00.000Z 1000",
      "CHATHISTORY AROUND #attic timestamp=2026-01-01T00:00:00.000Z 1000",
      "CHATHISTORY TARGETS timestamp=2001-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 1000",
    ],
  }, { hasAttic: true }),
  {
    name: "history of messages as long as can be",
    attack: (target: Target) =>
      target.crowd(40, async (i) => {
        using peer = await target.person(i, { caps: "message-tags", join: "#poison" });
        await peer.say(...Array(14).fill(`${TAGS} PRIVMSG #poison :${"x".repeat(400)}`));
        await peer.say("PING done");
        await peer.sees(/ PONG .*done/);
      }),
    during: canBeRead,
    afterwards: canBeRead,
  },
  storm("messages to be kept, as long as can be", {
    caps: "message-tags",
    join: "#store",
    lines: () => [`${TAGS} PRIVMSG #store :${"x".repeat(400)}`],
  }, { afterwards: storesLittle }),
  storm("topics in channels with full lists", {
    first: (i) => [
      `JOIN #topic${i}`,
      ..."beI".split("").flatMap((letter) =>
        [0, 1, 2, 3].map((n) => {
          const masks = Array.from({ length: 8 }, (_, m) => `${"x".repeat(40)}${n * 8 + m}!*@*`);
          return `MODE #topic${i} +${letter.repeat(8)} ${masks.join(" ")}`;
        })
      ),
    ],
    lines: (i) => [`TOPIC #topic${i} :${Math.random()}`],
  }, { afterwards: storesLittle }),
  (() => {
    let count = 0;
    return storm("channels, topics, markers and settings without end", {
      caps: "draft/read-marker draft/metadata-3 batch",
      lines: () => {
        const channel = `#new${count++}`;
        return [
          `JOIN ${channel}`,
          `TOPIC ${channel} :${"x".repeat(300)}`,
          `METADATA ${channel} SET display-name :${"x".repeat(150)}`,
          `MARKREAD ${channel} timestamp=2026-01-01T00:00:00.000Z`,
          `PART ${channel}`,
        ];
      },
    }, { afterwards: storesLittle });
  })(),
];
