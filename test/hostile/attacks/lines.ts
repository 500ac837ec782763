/** Attacks by lines: those that cost nothing and those that cost most, and those who read none of the answers. */

import { delay } from "@std/async/delay";
import type { Attack, Target } from "../attack.ts";
import { concat, type Peer } from "../../peer.ts";
import { OPER } from "./connections.ts";

/** How many connections one address may have, with some left for others there. */
const MANY = 200;

/** The same bytes at full speed by strangers. */
function floods(name: string, bytes: string | Uint8Array): Attack {
  const attack = (target: Target) =>
    target.crowd(4, async (i) => {
      using peer = await target.stranger(i);
      while (!target.isOver && !peer.isOver) await peer.send(bytes);
    });
  return { name, attack };
}

/** What makes a storm. */
interface Storm {
  /** The lines of one who has come in; each person says them again and again. */
  lines(i: number): string[];
  /** What each says once before. */
  first?(i: number): string[];
  caps?: string;
  join?: string;
  /** How many stay, so that their lines come as slowly as the flood limit allows. Default 200. */
  size?: number;
}

/**
 * Many people who say as much as they may, and some who come anew each time they would have to wait.
 *
 * @param rest What else the attack's record holds.
 */
export function storm(
  name: string,
  { lines, first = () => [], caps = "", join = "", size = MANY }: Storm,
  rest: Partial<Attack> = {},
): Attack {
  const comes = async (target: Target, i: number): Promise<Peer> => {
    const peer = await target.person(i, { caps, join, web: i % 5 === 0 });
    await peer.say(...first(i));
    return peer;
  };
  const stays = (target: Target) =>
    target.crowd(size, async (i) => {
      using peer = await comes(target, i);
      while (!target.isOver && !peer.isOver) await peer.say(...lines(i));
    });
  const returns = (target: Target) =>
    target.crowd(20, async (i) => {
      using peer = await comes(target, i);
      // As much as a burst holds, the answers included.
      for (let said = 0; said < 16;) {
        const next = lines(i).slice(0, 16 - said);
        await peer.say(...next);
        said += next.length;
      }
      await peer.say("PING done");
      await peer.sees(/ PONG .*done/);
    });
  return { name, attack: async (target) => void await Promise.all([stays(target), returns(target)]), ...rest };
}

/** A comma-separated list of at most so many bytes. */
function list(item: (n: number) => string, bytes = 480): string {
  let items = item(0);
  for (let n = 1; items.length + 1 + item(n).length <= bytes; n++) items += `,${item(n)}`;
  return items;
}

/** 100 channels, as lines that take somebody into them. */
const HUNDRED = Array.from({ length: 4 }, (_, n) => {
  return `JOIN ${Array.from({ length: 25 }, (_, i) => `#h${n * 25 + i}`).join(",")}`;
});

/** The capabilities that make an event look different (capabilities.ts). */
const LOOKS = ["account-tag", "extended-join", "server-time", "account-notify", "away-notify", "chghost", "setname"];

/** A set of capabilities for each number below 256, with what tags need in each. */
function capabilitySet(i: number): string {
  const chosen = LOOKS.filter((_, bit) => (i >> bit) & 1);
  if (i >= 128) chosen.push("draft/message-redaction", "batch");
  return ["message-tags", ...chosen].join(" ");
}

const BANS = Array.from({ length: 13 }, (_, n) => {
  const masks = Array.from({ length: 8 }, (_, i) => `*a*b*c*d*${n * 8 + i}!*e*f*g*@*h*i*j*`);
  return `MODE #banned +bbbbbbbb ${masks.join(" ")}`;
});

/** Everything that is asked for without changing much. */
const QUESTIONS = [
  `USERHOST ${"m0 m1 m2 m3 m4"}`,
  `ISON ${Array.from({ length: 100 }, (_, i) => `n${i}`).join(" ")}`,
  "HELP",
  "VERSION",
  "MOTD",
  "LUSERS",
  "INFO",
  "STATS u",
  "MODE #mob",
  "MODE #mob b",
  "TOPIC #mob",
  "WHOWAS m0 100",
  "CAP LS 302",
  "CAP LIST",
  "CAP REQ :server-time message-tags",
  "CAP REQ :-server-time -message-tags",
  "AWAY :for a moment",
  "AWAY",
  "SETNAME :somebody else",
  "INVITE m0 #mob",
  "MARKREAD #mob",
  "MODE #mob +o nobody",
  "PRIVMSG nobody,#nowhere,m0,m1 :hello",
  "TAGMSG #mob",
];

/** The family's attacks. */
export const LINES: readonly Attack[] = [
  floods("empty lines", "\r\n".repeat(32_768)),
  floods("line feeds", "\n".repeat(65_536)),
  floods("one line that never ends", "x".repeat(65_536)),
  floods("lines that are not UTF-8", concat(Array(8_000).fill(new Uint8Array([0xff, 10])))),
  floods("lines of spaces", " \r\n".repeat(20_000)),
  storm("LIST with masks that match nothing, among 12,000 channels", {
    first: (i) => [0, 1].map((n) => `JOIN ${list((c) => `#${i}-${n}-${c}`, 300)}`),
    lines: () => [`LIST ${list((n) => `*a*b*c*${n}`)}`],
  }),
  storm("JOIN of a channel that bans by 100 masks", {
    first: (i) => i === 0 ? ["JOIN #banned", ...BANS, "MODE #banned +b *!*@*"] : [],
    lines: () => [`JOIN ${Array(60).fill("#banned").join(",")}`, "JOIN #banned"],
  }),
  (() => {
    let count = 0;
    return storm("NICK among 200 people in 100 channels", {
      first: () => HUNDRED,
      lines: () => [`NICK other${count++}`],
    });
  })(),
  storm("JOIN and PART of 100 channels with 200 people", {
    lines: () => [...HUNDRED, "JOIN 0"],
  }),
  storm("WHO with masks", {
    first: () => HUNDRED,
    lines: (i) => [`WHO *a*b*c*${i}*d*e*`, "WHO *", "WHO #h1 %tcuihsnfdlaor,1"],
  }),
  storm("NAMES and WHOIS", {
    first: () => HUNDRED,
    lines: (i) => [`NAMES ${list((n) => `#h${n}`, 60)}`, `WHOIS n${i}`, `WHOIS f${i}`],
  }),
  storm("MONITOR", {
    lines: (i) => [`MONITOR + ${list((n) => `f${i + n}`)}`, "MONITOR S", "MONITOR L", "MONITOR C"],
  }),
  storm("METADATA", {
    caps: "draft/metadata-3 batch",
    join: "#mob",
    first: () => ["METADATA * SUB avatar color display-name homepage pronouns status"],
    lines: (i) => [
      `METADATA * SET display-name :${i}${"x".repeat(150)}`,
      "METADATA * LIST",
      "METADATA #mob SYNC",
      "METADATA #mob LIST",
      "METADATA * CLEAR",
    ],
  }),
  storm("NICK and values of people whom all watch", {
    caps: "draft/metadata-3 batch extended-monitor",
    join: "#mob",
    first: () => [
      "METADATA * SUB avatar color display-name homepage pronouns status",
      `MONITOR + ${list((n) => `watched${n}`)}`,
    ],
    lines: (
      i,
    ) => [`NICK watched${i}`, `METADATA * SET display-name :${i}`, "METADATA * SET status :here", `NICK other${i}`],
  }),
  storm("all other questions", {
    caps: "draft/read-marker batch labeled-response",
    join: "#mob",
    lines: (i) => QUESTIONS.slice(i % QUESTIONS.length).concat(QUESTIONS.slice(0, i % QUESTIONS.length)),
  }),
  storm("people in one channel who talk as much as they may", {
    join: "#mob",
    lines: () => [`PRIVMSG #mob :${"tea ".repeat(100)}`],
  }),
  {
    name: "names, hosts and channels as long as can be",
    flags: ["--oper", OPER],
    async attack(target) {
      using oper = await target.person(0);
      await oper.say(`OPER ${OPER.replace(":", " ")}`);
      // Names that were not used in the attack before.
      let count = Date.now() % 30_000;
      await target.crowd(10, async (i) => {
        const n = count++;
        const last = String.fromCodePoint(0x20000 + n);
        // 30, 16 and 50 characters of up to 4 bytes, and a host of 115 bytes.
        const nick = "\u{20000}".repeat(29) + last;
        const [short, long] = [`#s${n}`, `#${"\u{20000}".repeat(48)}${last}`];
        const caps = "userhost-in-names multi-prefix batch message-tags draft/multiline";
        using keeper = await target.person(i, { join: short });
        using peer = await target.person(i, { nick, user: "\u{20000}".repeat(16), web: i % 2 === 0, caps });
        await oper.say(`CHGHOST ${nick} ${"é".repeat(57)}x`);
        await peer.sees(/ 396 /);
        const line = `@batch=r PRIVMSG ${short} :${"茶".repeat(50)}`;
        await peer.say(`JOIN ${short}`, `BATCH +r draft/multiline ${short}`, ...Array(5).fill(line), "BATCH -r");
        await peer.say(`TOPIC ${short} :${"茶".repeat(300)}`, "PING said");
        await peer.sees(/ PONG .*said/);
        await keeper.say(`RENAME ${short} ${long} :${"茶".repeat(100)}`, "PING renamed");
        await keeper.sees(/ PONG .*renamed/);
        // Whoever comes now is told who is there and what was said.
        using other = await target.person(i, { join: long });
        await other.say(`NAMES ${long}`, `WHO ${long}`, `WHOIS ${nick}`, `PRIVMSG ${nick} :${"茶".repeat(60)}`);
        await peer.say(`KICK ${long} ${nick} :${"茶".repeat(100)}`, `AWAY :${"茶".repeat(200)}`, `NICK ${nick}x`);
        // The operator may say 4 lines a second.
        await delay(2_500);
      });
    },
  },
  {
    name: "tags of 4 KB among 200 sets of capabilities",
    attack: (target) =>
      target.crowd(MANY, async (i) => {
        using peer = await target.person(i, { caps: capabilitySet(i), join: "#sets" });
        while (!target.isOver && !peer.isOver) await peer.say(`@+x=${"x".repeat(4_080)} TAGMSG #sets`);
      }),
  },
  {
    name: "200 people who ask for everything and read nothing",
    attack: async (target) => {
      const caps = "draft/chathistory batch message-tags";
      await target.crowd(MANY, async (i) => {
        using peer = await target.person(i, { caps, join: "#mob", web: i % 2 === 0 });
        peer.stopReading();
        const all = ["LIST", "WHO *", "HELP", "VERSION", "NAMES #mob", "CHATHISTORY LATEST #mob * 1000"];
        while (!target.isOver && !peer.isOver) {
          await peer.say(...all, `@+x=${"x".repeat(4_080)} PRIVMSG #mob :${"x".repeat(400)}`);
        }
      });
    },
  },
];
