/** Guesses of passwords and keys: bounded for each address, while who knows them gets in. */

import { AssertionError } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Person } from "../../room.ts";
import type { Attack, Target } from "../attack.ts";
import type { Peer } from "../../peer.ts";
import { OPER } from "./connections.ts";

/** How many guesses a second, all addresses of an attack together, may be answered as wrong: they are 8 at the most. */
const MOST_GUESSES = 80;

/** How long the one who knows the secret may take, in milliseconds, other tries that were refused included. */
const MOST_PATIENCE = 15_000;

const [OPERATOR, OPER_PASSWORD] = OPER.split(":");
const PASSWORD = "oolong";
const KEY = "matcha";

/** Tries until it is let in. @param attempt Gives whether it was. */
async function acceptedInTime(attempt: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + MOST_PATIENCE;
  while (!await attempt()) {
    if (Date.now() > end) throw new AssertionError(`The right secret was not accepted in ${MOST_PATIENCE} ms`);
    await delay(500);
  }
}

/** Nicks for those who try, each of whom is another, since who came before may still be leaving. */
let tries = 0;
const nextNick = () => `honest${tries++}`;

/** Lets somebody try, who then leaves: says lines and waits for one of two answers. Gives whether it was `yes`. */
async function isAccepted(person: Person, lines: string[], yes: RegExp, no: RegExp): Promise<boolean> {
  await person.send(...lines);
  const answer = await person.sees(new RegExp(`${yes.source}|${no.source}|^ERROR`)).catch(() => "");
  // It may have been closed on what it said.
  await person.send("QUIT").catch(() => {});
  return yes.test(answer);
}

/** Guessers who say what they guess as fast as it is answered, and come anew when they are thrown out. */
function guesses(
  name: string,
  wrong: RegExp,
  say: (peer: Peer, guess: string) => Promise<void>,
  rest: Partial<Attack> & { come?: (target: Target, i: number) => Promise<Peer> },
): Attack {
  const { come = (target: Target, i: number) => target.person(i), ...others } = rest;
  const attack = (target: Target) =>
    target.crowd(100, async (i) => {
      using peer = await come(target, i);
      peer.onBytes = (bytes) => target.count("guesses", new TextDecoder().decode(bytes).match(wrong)?.length ?? 0);
      for (let n = 0; n < 10 && !peer.isOver && !target.isOver; n++) await say(peer, `guess-${i}-${n}`);
      await peer.say("PING done");
      await peer.sees(/ PONG .*done/);
    });
  return { name, attack, most: { guesses: MOST_GUESSES }, ...others };
}

/** The family's attacks. */
export const SECRETS: readonly Attack[] = [
  guesses("guesses of an operator's password", / 464 /g, (peer, guess) => peer.say(`OPER ${OPERATOR} ${guess}`), {
    flags: ["--oper", OPER],
    async during({ room }) {
      await acceptedInTime(async () => {
        return await isAccepted(
          await room.person(nextNick()),
          [`OPER ${OPERATOR} ${OPER_PASSWORD}`],
          / 381 /,
          / (464|263) |FAIL OPER/,
        );
      });
    },
  }),
  guesses("guesses of the room's password", / 464 /g, async (peer, guess) => {
    await peer.say(`PASS ${guess}`, "NICK x", "USER x 0 * :x");
    await peer.ends();
  }, {
    password: PASSWORD,
    come: (target, i) => target.stranger(i),
    async during({ room }) {
      await acceptedInTime(async () => {
        const nick = nextNick();
        return await isAccepted(
          await room.stranger(nick),
          [`PASS ${PASSWORD}`, `NICK ${nick}`, "USER x 0 * :x"],
          / 001 /,
          / 464 /,
        );
      });
    },
  }),
  guesses("guesses of a channel's key", / 475 /g, (peer, guess) => peer.say(`JOIN #locked ${guess}`), {
    async before({ room }) {
      const keeper = await room.person("keeper", { join: "#locked" });
      await keeper.send(`MODE #locked +k ${KEY}`);
      await keeper.sees(/ MODE #locked \+k /);
    },
    async during({ room }) {
      await acceptedInTime(async () => {
        return await isAccepted(await room.person(nextNick()), [`JOIN #locked ${KEY}`], / 366 /, / 475 |FAIL JOIN/);
      });
    },
  }),
  guesses("guesses of an account's password", / 904 /g, async (peer, guess) => {
    await peer.say("AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa(`\0keeper\0${guess}`)}`);
  }, {
    // What hashing has taken, 16 MiB in each of some threads, the C library keeps until memory.ts looks again.
    keeps: 128 << 20,
    async come(target, i) {
      const peer = await target.stranger(i);
      await peer.say("CAP REQ :sasl");
      await peer.sees(/ ACK /);
      return peer;
    },
    async before({ room }) {
      const keeper = await room.person("keeper", { caps: "draft/account-registration" });
      await keeper.send(`REGISTER * * ${PASSWORD}-tea`);
      await keeper.sees(/ REGISTER SUCCESS /);
      await keeper.send("QUIT");
      await keeper.rest();
    },
    async during({ room }) {
      await acceptedInTime(async () => {
        const keeper = await room.stranger("keeper");
        await keeper.send("CAP REQ :sasl");
        const secret = btoa(`\0keeper\0${PASSWORD}-tea`);
        return await isAccepted(keeper, ["AUTHENTICATE PLAIN", `AUTHENTICATE ${secret}`], / 903 /, / 904 /);
      });
    },
  }),
];
