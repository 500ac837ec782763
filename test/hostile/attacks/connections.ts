/** Attacks by coming and going: resets, reconnecting, and talk on a connection that is over. */

import { delay } from "@std/async/delay";
import { frame, TEXT } from "../../websocket.ts";
import type { Attack, Target } from "../attack.ts";
import { concat, type Peer } from "../../peer.ts";

/** The name and the password of the operator that a room may have. */
export const OPER = "root:lapsang-souchong";

/** Says many lines and, behind what ends the session, more, in writes that follow each other by some milliseconds. */
async function talksOn(peer: Peer, ...lastLines: string[]): Promise<void> {
  const many = Array(21).fill("PING 1");
  await peer.say(...many, ...lastLines);
  for (let i = 0; i < 20 && !peer.isOver; i++) {
    await delay(10);
    await peer.say(...many);
  }
  await Promise.race([peer.ends(), delay(500)]);
}

/** Strangers over TCP and WebSocket in turn who end with these lines and talk on. */
function talkBehind(name: string, lines: string[], rest: Partial<Attack> = {}): Attack {
  const attack = (target: Target) =>
    target.crowd(6, async (i) => {
      using peer = await target.stranger(i, { web: i % 3 !== 0 });
      await talksOn(peer, ...lines);
    });
  return { name, attack, ...rest };
}

/** Connects and resets at once (SO_LINGER of 0 s), one after the other: most are over before anyone accepts them. */
const RESETS = `
import socket, struct, sys
address, count, *ports = sys.argv[1:]
for i in range(int(count)):
    peer = socket.create_connection(("127.0.0.1", int(ports[i % len(ports)])), source_address=(address, 0))
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if i % 5 == 0: peer.send(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n")
    peer.close()
`;

/** So many connections that are reset as soon as they are there, to both ports: in Python, since this must not wait. */
async function resets(target: Target, size: number): Promise<void> {
  const args = ["-c", RESETS, target.address(0), size, target.port, target.webPort].map(String);
  await new Deno.Command("python3", { args }).output();
}

/** The family's attacks. */
export const CONNECTIONS: readonly Attack[] = [
  ...[50, 300, 2_000].map((size): Attack => ({
    name: `${size} resets`,
    needs: ["python3"],
    async attack(target) {
      await resets(target, size);
      // A moment later once more, since those who wait for the first may just be let in.
      await delay(1_000);
      await resets(target, size);
    },
  })),
  {
    name: "resets at full speed",
    needs: ["python3"],
    attack: (target) => target.crowd(1, () => resets(target, 100)),
  },
  talkBehind("lines behind QUIT", ["QUIT"]),
  talkBehind("lines behind a request", ["GET / HTTP/1.1"]),
  talkBehind("lines behind a wrong password", ["NICK x", "USER x 0 * :x"], { password: "oolong" }),
  {
    name: "talk of those who are killed",
    flags: ["--oper", OPER],
    async attack(target) {
      const [name, password] = OPER.split(":");
      using oper = await target.person(0);
      await oper.say(`OPER ${name} ${password}`);
      await target.crowd(6, async (i) => {
        const nick = target.nick();
        using peer = await target.person(i, { nick, web: i % 3 !== 0, join: "#mob" });
        await oper.say(`KILL ${nick} :enough`);
        await talksOn(peer);
        // The operator may say 4 lines a second.
        await delay(1_500);
      });
    },
  },
  {
    name: "talk of those who are one too many",
    async attack(target) {
      await Promise.all(Array.from({ length: 256 }, () => target.stranger(0).catch(() => {})));
      await target.crowd(6, async (i) => {
        using peer = await target.stranger(0, { web: i % 2 === 0 });
        await talksOn(peer);
      });
    },
  },
  {
    name: "talk while the time to come in ends",
    seconds: 33,
    attack: (target) =>
      target.crowd(10, async (i) => {
        using peer = await target.stranger(i, { web: i % 3 !== 0 });
        for (let n = 0; n < 200 && !target.isOver; n++) {
          await peer.send(i % 3 === 0 ? "PING 1\r\n" : frame(TEXT, "PING 1"));
          await delay(n < 100 ? 280 : 20);
        }
      }),
  },
  {
    name: "guests who come and go",
    attack: (target) =>
      target.crowd(40, async (i) => {
        using peer = await target.person(i, { web: i % 4 === 0, join: "#mob" });
        await peer.say(...Array(17).fill("PRIVMSG #mob :hello"), "QUIT :bye");
      }),
  },
  {
    name: "strangers who come and go",
    attack: (target) =>
      target.crowd(40, async (i) => {
        using peer = await target.stranger(i, { web: i % 4 === 0 });
        await peer.say("CAP LS 302");
        await peer.sees(/ CAP /);
        if (i % 2 === 0) peer.reset();
      }),
  },
  {
    name: "the same WebSocket opened and left at full speed",
    attack: (target) =>
      target.crowd(20, async (i) => {
        using peer = await target.stranger(i, { web: true });
        await peer.send(concat([frame(TEXT, "PING 1"), frame(TEXT, "QUIT"), frame(TEXT, "PING 1")]));
      }),
  },
];
