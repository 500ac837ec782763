/** Attacks by way of files: uploads and downloads that hardly move, and uploads at full speed. */

import { delay } from "@std/async/delay";
import { Peer } from "../../peer.ts";
import type { Attack, Target } from "../attack.ts";

const MEBIBYTE = 1_048_576;

/** Somebody who asks for tokens, one after the other. */
class Asker implements Disposable {
  readonly #peer: Peer;
  #last: Promise<string | undefined> = Promise.resolve(undefined);

  private constructor(peer: Peer) {
    this.#peer = peer;
  }

  static async come(target: Target, i: number): Promise<Asker> {
    return new Asker(await target.person(i, { caps: "draft/authtoken" }));
  }

  /** A token; undefined when they are gone. */
  token(): Promise<string | undefined> {
    return this.#last = this.#last.then(async () => {
      let told = "";
      this.#peer.onBytes = (bytes) => void (told += new TextDecoder().decode(bytes));
      await this.#peer.say("TOKEN GENERATE FILEHOST");
      return await this.#peer.sees(/ TOKEN GENERATE FILEHOST \S+ \S+\r\n/)
        ? / TOKEN GENERATE FILEHOST \S+ :?([\w-]{43})\r\n/.exec(told)?.[1]
        : undefined;
    });
  }

  [Symbol.dispose](): void {
    this.#peer[Symbol.dispose]();
  }
}

/** So many people who ask for tokens, and are asked in turn. */
async function askers(target: Target, count: number): Promise<Asker[]> {
  return await Promise.all(Array.from({ length: count }, (_, i) => Asker.come(target, i)));
}

/** Begins to send a file of so many bytes. */
async function begin(target: Target, i: number, token: string | undefined, length: number): Promise<Peer> {
  const peer = await Peer.connect(target.webPort, target.address(i));
  await peer.send(
    `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${length}\r\n\r\n`,
  );
  return peer;
}

/** Sends as much as there is to send, as fast as it is taken. Gives the path of the file, if it is one then. */
async function sendAll(
  target: Target,
  i: number,
  token: string | undefined,
  length: number,
): Promise<string | undefined> {
  using peer = await begin(target, i, token, length);
  let answer = "";
  peer.onBytes = (bytes) => void (answer += new TextDecoder().decode(bytes));
  const piece = new Uint8Array(MEBIBYTE);
  for (let sent = 0; sent < length && !peer.isOver && answer === "" && !target.isOver; sent += piece.length) {
    await peer.send(piece);
    target.count("MiB");
  }
  if (target.isOver || !await peer.sees(/\r\n\r\n/)) return undefined;
  return /^Location: \S+?(\/files\/\S+)/im.exec(answer)?.[1];
}

export const FILES: readonly Attack[] = [
  {
    name: "200 files that come by one byte a second",
    async attack(target) {
      const people = await askers(target, 8);
      await target.crowd(200, async (i) => {
        using peer = await begin(target, i, await people[i % people.length].token(), 8 * MEBIBYTE);
        while (!target.isOver && !peer.isOver) {
          await peer.send("x");
          target.count("bytes");
          await Promise.race([peer.ends(), delay(1_000)]);
        }
      });
    },
  },
  {
    name: "200 readers of a file who take nothing",
    async attack(target) {
      const [asker] = await askers(target, 1);
      const path = await sendAll(target, 0, await asker.token(), 32 * MEBIBYTE);
      if (path === undefined) throw new Error("the file was not taken");
      await target.crowd(200, async (i) => {
        using peer = await Peer.connect(target.webPort, target.address(i));
        peer.stopReading();
        await peer.send(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
        target.count("readers");
        await Promise.race([peer.ends(), target.end()]);
      });
    },
  },
  {
    name: "10 files at full speed",
    async attack(target) {
      const people = await askers(target, 4);
      await target.crowd(10, async (i) => {
        await sendAll(target, i, await people[i % people.length].token(), 64 * MEBIBYTE);
      });
    },
  },
  {
    name: "thousands of requests behind a file that is refused",
    async attack(target) {
      const behind = new TextEncoder().encode("x" + "GET / HTTP/1.1\r\n\r\n".repeat(3_600));
      await target.crowd(10, async (i) => {
        using peer = await begin(target, i, "none", 1);
        // Behind the answer the connection is read for a while.
        if (!await peer.sees(/ 401 /)) return;
        await peer.send(behind);
        target.count("refused");
        await Promise.race([peer.ends(), delay(300)]);
      });
    },
  },
  {
    name: "16 files in chunks of one byte",
    async attack(target) {
      const people = await askers(target, 4);
      const chunks = new TextEncoder().encode("1\r\nx\r\n".repeat(10_000));
      await target.crowd(16, async (i) => {
        const token = await people[i % people.length].token();
        using peer = await Peer.connect(target.webPort, target.address(i));
        const head = `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n`;
        await peer.send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
        while (!target.isOver && !peer.isOver) {
          await peer.send(chunks);
          target.count("bytes", chunks.length);
        }
      });
    },
  },
];
