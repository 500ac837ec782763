/** Attacks on the page's port: requests, upgrades and frames that no browser sends. */

import { delay } from "@std/async/delay";
import { BINARY, CLOSE, CONTINUATION, frame, PING, PONG, TEXT } from "../../websocket.ts";
import type { Attack, Target } from "../attack.ts";
import { concat, Peer, UPGRADE } from "../../peer.ts";

/** A request: its first line, and headers behind Host. */
function request(line: string, ...headers: string[]): string {
  return [`${line} HTTP/1.1`, "Host: 127.0.0.1", ...headers].map((part) => `${part}\r\n`).join("") + "\r\n";
}

const PAGE = request("GET /");
/** Asks to go on in a protocol that nobody speaks. */
const ELSEWHERE = ["Connection: upgrade", "Upgrade: x"];
const WEBSOCKET = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

/** Requests that ask to go on as something else where that can't be, or in a way in which it can't. */
const UPGRADES: readonly string[] = [
  PAGE + request("GET /", ...ELSEWHERE),
  PAGE + UPGRADE,
  PAGE + PAGE + UPGRADE + UPGRADE,
  PAGE.repeat(15) + request("GET /", ...ELSEWHERE),
  PAGE.repeat(40) + UPGRADE,
  request("GET /", ...ELSEWHERE) + request("GET /", ...ELSEWHERE),
  request("GET /", ...ELSEWHERE) + PAGE,
  request("GET /", ...ELSEWHERE).repeat(20),
  UPGRADE + UPGRADE,
  UPGRADE + PAGE,
  request("HEAD /") + request("HEAD /", ...ELSEWHERE),
  request("HEAD /irc", ...WEBSOCKET, KEY),
  request("POST /irc", ...WEBSOCKET, KEY, "Content-Length: 5") + "12345",
  request("POST /", "Content-Length: 5") + "12345" + UPGRADE,
  request("POST /", "Content-Length: 5000", ...ELSEWHERE) + "1",
  request("GET /", "Transfer-Encoding: chunked", ...ELSEWHERE) + "5\r\n12345\r\n0\r\n\r\n" + UPGRADE,
  request("GET /", "Transfer-Encoding: chunked") + "5\r\n12345\r\n0\r\n\r\n" + UPGRADE,
  request("GET /", "Expect: 100-continue", "Content-Length: 5") + UPGRADE,
  request("GET /", "Expect: 100-continue", ...ELSEWHERE) + UPGRADE,
  request("GET /", "Expect: tea") + UPGRADE,
  request("GET /", "Connection: close") + UPGRADE,
  request("GET /", "Connection: upgrade, close", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__") + UPGRADE,
  request("CONNECT 127.0.0.1:80") + UPGRADE,
  PAGE + request("CONNECT 127.0.0.1:80"),
  PAGE + request("CONNECT 127.0.0.1:80", ...ELSEWHERE) + PAGE,
  request("CONNECT /irc", ...WEBSOCKET, KEY),
  request("GET /nowhere") + request("GET /nowhere", ...WEBSOCKET, KEY),
  PAGE + request("GET /nowhere", ...WEBSOCKET, KEY) + PAGE,
  PAGE + request("GET /irc", ...WEBSOCKET),
  request("GET /irc", ...WEBSOCKET) + PAGE,
  request("GET /irc", ...WEBSOCKET, "Sec-WebSocket-Key: tea") + UPGRADE,
  PAGE + request("GET /irc", ...WEBSOCKET, "Sec-WebSocket-Key: tea"),
  PAGE + request("GET /irc", ...WEBSOCKET.with(2, "Sec-WebSocket-Version: 99"), KEY),
  PAGE + request("GET /irc", ...WEBSOCKET, KEY, "Sec-WebSocket-Protocol: ,,"),
  PAGE + request("GET /irc", ...WEBSOCKET, KEY, "Sec-WebSocket-Extensions: permessage-deflate;;="),
  PAGE + request("GET /irc", ...WEBSOCKET, KEY, "Origin: http://elsewhere.example"),
  PAGE + UPGRADE.replace("Host: 127.0.0.1", "Host: elsewhere.example"),
  PAGE + UPGRADE.replace("HTTP/1.1", "HTTP/1.0"),
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + UPGRADE,
  PAGE + "\0\r\n\r\n" + UPGRADE,
];

/** A frame of which the first byte or the length is another than `frame` writes. */
function forged(firstByte: number, length: number[], content = ""): Uint8Array<ArrayBuffer> {
  return concat([new Uint8Array([firstByte, ...length, 0, 0, 0, 0]), content]);
}

/** Frames that RFC 6455 forbids, each on an open WebSocket. */
const FRAMES: readonly Uint8Array[] = [
  // Reserved bits and kinds (section 5.2).
  ...[0xc1, 0xa1, 0x91, 0xf1, 0x83, 0x87, 0x8b, 0x8f].map((firstByte) => forged(firstByte, [0x86], "PING 1")),
  // Not masked.
  new Uint8Array([0x81, 6, ...new TextEncoder().encode("PING 1")]),
  // Longer than is read at all, than there is memory, and than there are numbers.
  forged(0x81, [0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff], "PING 1"),
  forged(0x81, [0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], "PING 1"),
  forged(0x81, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
  frame(TEXT, "P".repeat(60_000)),
  // Control frames in parts, or too long (section 5.5).
  frame(PING, "1", false),
  frame(CLOSE, "", false),
  frame(PING, "1".repeat(126)),
  frame(CLOSE, "1".repeat(126)),
  // Parts without a first one, and a second first one (section 5.4).
  frame(CONTINUATION, "PING 1"),
  concat([frame(TEXT, "PI", false), frame(TEXT, "NG 1")]),
  concat([frame(TEXT, "PI", false), frame(PING, "1"), frame(CLOSE)]),
  // Not UTF-8, and halves of characters (section 8.1).
  frame(TEXT, new Uint8Array([0xff, 0xfe, 0xc0])),
  concat([frame(TEXT, new Uint8Array([0xe8]), false), frame(CONTINUATION, "PING 1")]),
  frame(BINARY, new Uint8Array([0xff, 10, 0, 13, 10])),
  // Closing: with half a code, a code that nobody may send, a reason that is not UTF-8, and data behind it (section 5.5.1).
  frame(CLOSE, "1"),
  frame(CLOSE, new Uint8Array([3, 0xed])),
  frame(CLOSE, new Uint8Array([0xff, 0xff])),
  frame(CLOSE, new Uint8Array([3, 0xe8, 0xff, 0xff])),
  concat([frame(CLOSE), frame(TEXT, "PING 1"), frame(TEXT, "QUIT")]),
  concat([frame(CLOSE), frame(CLOSE), frame(PING, "1")]),
  concat([frame(TEXT, "QUIT"), frame(CLOSE), frame(TEXT, "PING 1")]),
  concat([frame(CLOSE), new TextEncoder().encode(PAGE)]),
];

/** Sends something on a connection of its own, whole or byte by byte, and leaves when it is answered or soon. */
async function sendsAlone(peer: Peer, data: string | Uint8Array, { inBytes = false } = {}): Promise<void> {
  using _ = peer;
  const bytes = concat([data]);
  if (inBytes) {
    for (let i = 0; i < bytes.length && !peer.isOver; i++) {
      await peer.send(bytes.subarray(i, i + 1));
      await delay(0);
    }
  } else await peer.send(bytes);
  await Promise.race([peer.ends(), delay(100)]);
}

/** Sends the same on WebSockets at full speed. @param isDeaf Whether the answers are not read. */
function floods(name: string, bytes: Uint8Array, { first, isDeaf = false }: {
  first?: Uint8Array;
  isDeaf?: boolean;
} = {}): Attack {
  const attack = (target: Target) =>
    target.crowd(4, async (i) => {
      using peer = await target.stranger(i, { web: true });
      if (isDeaf) peer.stopReading();
      if (first !== undefined) await peer.send(first);
      while (!target.isOver && !peer.isOver) await peer.send(bytes);
    });
  return { name, attack };
}

/** As long as a header may be with what stands beside it, in bytes. */
const LONG = 15_900;

function long(text: string): string {
  return text.repeat(Math.ceil(LONG / text.length)).slice(0, LONG);
}

/** Requests that are slow to read for whoever goes back over what was read. */
const SLOW_REQUESTS: readonly string[] = [
  ...[" ", "\t", ",", ", ", " ;", "gzip ; ", ";q=", "gzip;q=0,", "a", ";q=" + " ".repeat(500), " ; q = 1"].map((text) =>
    request("GET /", `Accept-Encoding: a${long(text)}b`)
  ),
  ...["If-None-Match", "X-Forwarded-For", "Cookie", "Range", "Accept", "Content-Type"].flatMap((name) =>
    [" ", ",", "W/", 'W/"a",', "a ", "; "].map((text) => request("GET /", `${name}: a${long(text)}b`))
  ),
  ...["Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Origin", "Sec-WebSocket-Key"].flatMap((name) =>
    ["a,", "a;", "a ; b = ", " ", ", ", "http://", '"\\'].map((text) =>
      request("GET /irc", ...WEBSOCKET, ...(name.endsWith("Key") ? [] : [KEY]), `${name}: a${long(text)}b`)
    )
  ),
  ...["a", ".", "[", ":", "1.", "xn--"].map((text) => PAGE.replace("127.0.0.1", long(text))),
  ...["a", "/", "./", "../", "%2e/", "%", "?", "#", "\\", "http://"].map((text) => request(`GET /${long(text)}`)),
  request(`GET http://${long("a@")}/`),
  request("GET /", ...Array(1_500).fill("a: b")),
  request("GET /", "Transfer-Encoding: chunked") + `1;${long("a=b;")}\r\n`,
];

/** Opens connections that begin something and never end it, a byte at a time. */
function neverEnds(name: string, beginnings: string[], { web }: { web: boolean }): Attack {
  return {
    name,
    attack: (target) =>
      target.crowd(200, async (i) => {
        const port = web ? target.webPort : target.port;
        const beginning = beginnings[i % beginnings.length];
        using peer = beginning === "frame"
          ? await target.stranger(i, { web })
          : await Peer.connect(port, target.address(i));
        if (beginning === "nothing") return await peer.ends();
        if (beginning === "half open") peer.closeWrite();
        // A frame of 9,000 bytes, of which the bytes come one by one.
        const bytes = beginning === "frame" ? forged(0x81, [0xfe, 0x23, 0x28], "x".repeat(9_000)) : concat([beginning]);
        for (let at = 0; !target.isOver && !peer.isOver; at = (at + 1) % bytes.length) {
          await peer.send(bytes.subarray(at, at + 1));
          await delay(50);
        }
      }),
  };
}

/** The family's attacks. */
export const GATEWAY: readonly Attack[] = [
  {
    name: "upgrades where none can be",
    attack: (target) =>
      target.crowd(8, async (i) => {
        for (const [n, text] of UPGRADES.entries()) {
          if (target.isOver) return;
          const peer = await Peer.connect(target.webPort, target.address(i));
          // One in eight does not read, so that the answer before the upgrade is still open when that comes.
          if (i === 7) peer.stopReading();
          await sendsAlone(peer, text, { inBytes: (i + n) % 5 === 0 });
        }
      }),
  },
  {
    name: "frames that are none",
    attack: (target) =>
      target.crowd(8, async (i) => {
        for (const [n, bytes] of FRAMES.entries()) {
          if (target.isOver) return;
          const peer = await target.stranger(i, { web: true });
          await sendsAlone(peer, concat([bytes, frame(TEXT, "PING 1")]), { inBytes: (i + n) % 5 === 0 });
        }
      }),
  },
  floods("pings without end", concat(Array(1_000).fill(frame(PING, "1")))),
  floods("pings whose pongs are not read", concat(Array(1_000).fill(frame(PING, "1".repeat(125)))), { isDeaf: true }),
  floods("pongs without end", concat(Array(1_000).fill(frame(PONG, "1")))),
  floods("empty frames", concat(Array(1_000).fill(frame(TEXT)))),
  floods("frames of one byte", concat(Array(1_000).fill(frame(TEXT, "P")))),
  floods("frames of empty lines", concat(Array(7).fill(frame(TEXT, "\n".repeat(9_000))))),
  floods("one message in parts without end", concat(Array(1_000).fill(frame(CONTINUATION, "", false))), {
    first: frame(TEXT, "P", false),
  }),
  {
    name: "headers that are slow to read",
    attack: (target) =>
      target.crowd(8, async (i) => {
        for (let n = i; !target.isOver; n++) {
          using peer = await Peer.connect(target.webPort, target.address(i));
          const text = SLOW_REQUESTS[n % SLOW_REQUESTS.length];
          for (let sent = 0; sent < 10 && !target.isOver && !peer.isOver; sent++) {
            await peer.send(text);
            if (!await Promise.race([peer.sees(/^HTTP/m), delay(1_000, undefined).then(() => true)])) break;
          }
        }
      }),
  },
  {
    name: "the page asked for at full speed",
    attack: (target) =>
      target.crowd(16, async (i) => {
        using peer = await Peer.connect(target.webPort, target.address(i));
        while (!target.isOver && !peer.isOver) {
          await peer.send(PAGE.repeat(8));
          if (!await peer.sees(/HTTP\/1.1 200/)) return;
        }
      }),
  },
  neverEnds("requests that never end", [PAGE.slice(0, -2) + "a: b\r\n".repeat(100), "frame", "nothing", "half open"], {
    web: true,
  }),
  neverEnds("lines that never end", ["NICK " + "x".repeat(9_000), "CAP LS 302 ", "nothing", "half open"], {
    web: false,
  }),
];
