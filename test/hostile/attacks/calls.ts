/** Attacks on calls: signals at full speed and odd ones, calls that begin and end again and again, phones that never stop ringing. */

import type { Attack } from "../attack.ts";
import { storm } from "./lines.ts";

const CAPS = "teahouse.chat/call message-tags batch";

/** A signal as long as a tag may be, and what is no signal. */
const OFFER = `@+teahouse.chat/rtc=${"A".repeat(4_075)}`;
const ODD = ["\\r\\nQUIT", "\x01\x02\x1b[2J", "=", "é".repeat(2_000), "a\\sb", "%00", ""]
  .map((value) => `@+teahouse.chat/rtc=${value}`);

/** How many pairs send each other signals. */
const PAIRS = 60;

/** The family's attacks. */
export const CALLS: readonly Attack[] = [
  {
    name: "signals of 4 KB at full speed, odd ones, and some for people in other calls",
    async attack(target) {
      let pair = 0;
      await target.crowd(PAIRS, async (i) => {
        const n = pair++;
        const [nick, other] = [target.nick(), target.nick()];
        const channel = `#call${nick}`;
        using one = await target.person(i, { caps: CAPS, join: channel, nick });
        using two = await target.person(i, { caps: CAPS, join: channel, nick: other, web: true });
        for (const peer of [one, two]) await peer.say(`CALL JOIN ${channel} :audio,video`);
        while (!target.isOver && !one.isOver && !two.isOver) {
          await one.say(
            `${OFFER} TAGMSG ${other}`,
            `${OFFER} TAGMSG ${other}`,
            `${ODD[n % ODD.length]} TAGMSG ${other}`,
          );
          await two.say(`${OFFER} TAGMSG ${nick}`, `${OFFER} TAGMSG f${n},n${n}`, `${OFFER} PRIVMSG ${channel} :tea`);
        }
      });
    },
  },
  storm("a call that all join and leave at full speed", {
    caps: CAPS,
    join: "#mob",
    lines: (i) => [
      "CALL JOIN #mob :audio",
      "CALL STATE #mob :audio,muted",
      "CALL STATE #mob :video",
      "CALL REACT #mob :🎉",
      `CALL KICK #mob f${i}`,
      "CALL PART #mob :and again",
      "CALL LIST #mob",
    ],
  }),
  storm("calls of a hundred channels that begin and end, among people who know no calls", {
    caps: "message-tags batch",
    join: "#quiet",
    first: (i) => i % 2 === 0 ? [] : [`CAP REQ :${CAPS}`],
    lines: (i) => [
      `JOIN #c${i % 100}`,
      `CALL JOIN #c${i % 100} :audio`,
      "CALL JOIN #quiet :audio",
      `PART #c${i % 100}`,
      "CALL PART #quiet",
    ],
  }),
  storm("telephones that never stop ringing", {
    caps: CAPS,
    first: () => ["NICK victim"],
    lines: (i) => [`CALL JOIN victim :audio`, "CALL PART victim", `CALL JOIN f${i} :audio`, `CALL DECLINE f${i}`],
  }),
];
