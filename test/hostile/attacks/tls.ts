/** Attacks on the port of TLS: handshakes that cost the server more than the attacker, silence, and what is no TLS. */

import { delay } from "@std/async/delay";
import type { Attack, Target } from "../attack.ts";
import { Peer } from "../../peer.ts";

/** What a client of TLS says first. Asked of a client that is given no answer. */
async function clientHello(): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const failed = Deno.connectTls({ hostname: "localhost", port: listener.addr.port })
    .then((conn) => conn.handshake().finally(() => conn.close()), () => {}).catch(() => {});
  using conn = await listener.accept();
  const buffer = new Uint8Array(16_384);
  const count = await conn.read(buffer);
  failed.catch(() => {});
  return buffer.slice(0, count ?? 0);
}

const connect = (target: Target, i: number) => Peer.connect(target.tlsPort, target.address(i));

/** The family's attacks. */
export const TLS: readonly Attack[] = [
  {
    name: "TLS handshakes that are begun at full speed and never completed",
    async attack(target) {
      const hello = await clientHello();
      await target.crowd(20, async (i) => {
        using peer = await connect(target, i);
        await peer.send(hello);
        // The server has answered when it has signed.
        await peer.sees(/./s);
        if (i % 2 === 0) peer.reset();
      });
    },
  },
  {
    name: "silence on the port of TLS",
    attack: (target) =>
      target.crowd(250, async (i) => {
        using peer = await connect(target, i);
        await Promise.race([peer.ends(), target.end()]);
      }),
  },
  {
    name: "what is no TLS on its port",
    attack: (target) =>
      target.crowd(20, async (i) => {
        using peer = await connect(target, i);
        if (i % 3 === 0) await peer.say("NICK x", "USER x 0 * :x");
        else if (i % 3 === 1) await peer.send(Uint8Array.of(0x16, 3, 1, 0xff, 0xff, 1, 0, 0xff, 0xfb));
        else await peer.send(crypto.getRandomValues(new Uint8Array(2_000)));
        await Promise.race([peer.ends(), delay(200)]);
      }),
  },
];
