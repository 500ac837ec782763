/**
 * Plays a case against a running server, and says what is wrong with what the server answers or prints, or that it does
 * not answer.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { byteLength, LIMITS, LineError, LineReader, parse } from "../../protocol.ts";
import { CLOSE, PING, PONG, TEXT } from "../websocket.ts";
import { Peer } from "../peer.ts";
import type { Room } from "../room.ts";
import type { Case, Kind } from "./case.ts";

/** Milliseconds. */
const TIMES = {
  /** Somebody who does nothing else asks so often ... */
  probe: 250,
  /** ... and must be answered in this time. */
  answer: 2_000,
  /** A client's own lines must all be answered in this time: some ask for much. */
  wait: 20_000,
  /** What a client that has sent mere bytes is told in this time is looked at. */
  bytes: 200,
};

/** The most bytes of a label that is answered (IRCv3 labeled-response). */
const LONGEST_LABEL = 64;

/** Where the probe comes from: what the clients' address may do is used up by them. */
const PROBE = "127.0.1.1";

/** Whether a labelled line must be answered with its label. */
function needsAnswer(line: string): boolean {
  const body = line.replace(/^@\S* +/, "");
  const tags = line.slice(0, line.length - body.length);
  if (byteLength(body) > LIMITS.lineBytes - 2 || byteLength(tags) > LIMITS.clientTagBytes || /[\0\r\n]/.test(line)) {
    return false;
  }
  try {
    const { tags: { label, batch }, command } = parse(line);
    // A batch is answered when it ends, which it need not.
    return label !== undefined && byteLength(label) <= LONGEST_LABEL && batch === undefined &&
      command.toUpperCase() !== "BATCH";
  } catch {
    return false;
  }
}

/** What clients have been told by which files are sent and read: the latest. */
class Told {
  token = "none";
  file = "/files/none";

  fill(bytes: string): string {
    return bytes.replaceAll("{token}", this.token).replaceAll("{file}", this.file);
  }
}

/** One client, and what it has been told. */
class Client implements Disposable {
  readonly #peer: Peer;
  readonly #kind: Kind;
  readonly #complain: (text: string) => void;
  readonly #told: Told;
  readonly #lines = new LineReader(LIMITS.serverTagBytes, LIMITS.lineBytes);
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #labels = new Map<string, string>();
  #msgid = "none";
  #barriers = 0;
  #answered = 0;
  /** Whether each label is answered: its capabilities say so. */
  #hasLabels = false;
  #hasSentBytes = false;
  #text = "";
  received = 0;

  private constructor(peer: Peer, kind: Kind, told: Told, complain: (text: string) => void) {
    this.#told = told;
    this.#peer = peer;
    this.#kind = kind;
    this.#complain = complain;
    peer.onBytes = (bytes) => this.#take(bytes);
  }

  static async come(
    { room, webPort }: Stage,
    kind: Kind,
    told: Told,
    complain: (text: string) => void,
  ): Promise<Client> {
    const from = "127.0.0.1";
    const peer = kind === "tcp"
      ? await Peer.connect(room.port, from)
      : kind === "web"
      ? await Peer.webSocket(webPort, from)
      : await Peer.connect(webPort, from);
    return new Client(peer, kind, told, complain);
  }

  get isOver(): boolean {
    return this.#peer.isOver;
  }

  #take(bytes: Uint8Array): void {
    if (this.#kind === "tcp") return this.#takeLines(bytes);
    if (this.#kind === "web") return this.#takeFrames(bytes);
    // Only where an answer begins, so that a file in which such words stand is none.
    const text = Buffer.from(bytes).toString("latin1");
    this.#text = text.slice(0, 200);
    const path = /^Location: \S+?(\/files\/[\w-]{22})/im.exec(text)?.[1];
    if (path !== undefined) this.#told.file = path;
    // 503 says that the room closes or that somebody waits, 507 that files have no more room.
    if (/^HTTP\/1\.1 50[0-24-689]/.test(this.#text)) {
      this.#complain(`a request was answered by ${this.#text.split("\r\n")[0]}`);
    }
  }

  /** Takes whole frames (RFC 6455, section 5.2): each must be of a known kind, not masked, and a line. */
  #takeFrames(bytes: Uint8Array): void {
    this.#bytes = new Uint8Array(Buffer.concat([this.#bytes, bytes]));
    for (;;) {
      const [first, short] = this.#bytes;
      const from = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#bytes.length < from) return;
      const view = new DataView(this.#bytes.buffer);
      const size = short === 126 ? view.getUint16(2) : short === 127 ? Number(view.getBigUint64(2)) : short;
      if (this.#bytes.length < from + size) return;
      const content = this.#bytes.slice(from, from + size);
      this.#bytes = this.#bytes.slice(from + size);
      const kind = first & 0x0f;
      if ((first & 0xf0) !== 0x80 || short >= 0x80) return this.#complain(`a frame that is none: ${first} ${short}`);
      if (kind === CLOSE || kind === PING || kind === PONG) continue;
      if (kind !== TEXT || content.includes(10) || content.includes(13)) {
        return this.#complain(`a message that is no line: ${Buffer.from(content)}`);
      }
      this.#takeLines(Buffer.concat([content, Buffer.from("\r\n")]));
    }
  }

  #takeLines(bytes: Uint8Array): void {
    for (const line of this.#lines.push(bytes)) {
      this.received++;
      if (line instanceof LineError) this.#complain(`a line that is ${line.fault}`);
      else this.#takeLine(line);
    }
  }

  #takeLine(line: string): void {
    try {
      const { tags, source, command, params } = parse(line);
      if (tags.label !== undefined) this.#labels.delete(tags.label);
      if (tags.msgid !== undefined) this.#msgid = tags.msgid;
      if (command === "TOKEN" && params[0] === "GENERATE") this.#told.token = params[3];
      if (
        command !== command.toUpperCase() ||
        (source === undefined && !/^(PING|ERROR|AUTHENTICATE|BATCH)$/.test(command))
      ) {
        this.#complain(`a line of nobody's or in small letters: ${line}`);
      }
      if (command === "CAP" && params[1] === "ACK" && params.at(-1)!.includes("labeled-response")) {
        this.#hasLabels = params.at(-1)!.split(" ").includes("batch");
      }
      if (command === "PONG" && params.at(-1) === `barrier-${this.#barriers}`) this.#answered = this.#barriers;
      if (/Internal error/.test(line)) this.#complain(line);
    } catch (error) {
      this.#complain(`a line that can't be parsed (${error}): ${line}`);
    }
  }

  say(lines: string[]): void {
    const filled = lines.map((line) => line.replaceAll("{msgid}", this.#msgid));
    if (this.#hasLabels && !this.#hasSentBytes) {
      for (const line of filled) {
        if (line.includes("label=") && needsAnswer(line)) this.#labels.set(/label=(\w+)/.exec(line)![1], line);
      }
    }
    void this.#peer.say(...filled);
  }

  send(bytes: string): void {
    // From now on it is not known where a line begins.
    this.#hasSentBytes = true;
    this.#labels.clear();
    void this.#peer.send(Buffer.from(this.#told.fill(bytes), "latin1"));
  }

  /** Waits until all that was said has been answered, or it is over. */
  async isAnswered(): Promise<void> {
    if (this.isOver) return;
    // What was sent as bytes may be the beginning of a line, or of a frame that never ends: it is answered or not.
    if (this.#kind === "http" || this.#hasSentBytes) return await delay(TIMES.bytes);
    const barrier = ++this.#barriers;
    void this.#peer.say(`PING :barrier-${barrier}`);
    const end = performance.now() + TIMES.wait;
    while (this.#answered < barrier && !this.isOver) {
      if (performance.now() > end) return this.#complain("a client's PING was not answered");
      await delay(2);
    }
    if (this.isOver) return;
    for (const line of this.#labels.values()) this.#complain(`a label was not answered: ${line.slice(0, 300)}`);
    this.#labels.clear();
  }

  leave(how: "close" | "reset" | "half"): void {
    if (how === "reset") this.#peer.reset();
    else if (how === "half") this.#peer.closeWrite();
    else this.#peer[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#peer[Symbol.dispose]();
  }
}

/** A server that cases are played against. */
export interface Stage {
  room: Room;
  webPort: number;
}

/** What has come of a case. */
export interface Outcome {
  /** What is wrong, in sentences; none where nothing is. */
  complaints: string[];
  /** Lines that were sent and came. */
  sent: number;
  received: number;
  /** The longest that the probe had to wait, in milliseconds. */
  longest: number;
}

/** Somebody who asks all the time whether the server still answers. Ends with `signal`; gives the longest wait. */
async function probe({ room }: Stage, signal: AbortSignal, complain: (text: string) => void): Promise<number> {
  let longest = 0;
  using peer = await Peer.connect(room.port, PROBE);
  // Who does not come in is closed after a while, and a case may take long on a busy machine. No case knows that nick.
  await peer.say("NICK 水温计");
  await peer.say("USER probe 0 * :probe");
  for (let n = 0; !signal.aborted; n++) {
    const begun = performance.now();
    await peer.say(`PING :probe-${n}`);
    const isAnswered = await deadline(peer.sees(new RegExp(`:probe-${n}\r\n`)), TIMES.answer).catch(() => false);
    longest = Math.max(longest, performance.now() - begun);
    if (!isAnswered) {
      complain(peer.isOver ? "the probe was cut off" : `the probe was not answered for ${TIMES.answer} ms`);
      break;
    }
    await delay(TIMES.probe, { signal }).catch(() => {});
  }
  return longest;
}

/** What a server prints when something is wrong in itself. */
const FAULT = /Internal error|panicked|Uncaught|unhandled|^\s+at /;

/** Plays a case. It ends early where something is wrong. */
export async function play(stage: Stage, { steps }: Case): Promise<Outcome> {
  const { room } = stage;
  const complaints: string[] = [];
  const complain = (text: string) => void complaints.push(text);
  const alreadyPrinted = room.log.length;
  const clients = new Map<number, Client>();
  const all: Client[] = [];
  const told = new Told();
  const stop = new AbortController();
  const probing = probe(stage, stop.signal, complain).catch((error) => {
    complain(`the probe can't connect: ${error}`);
    return Infinity;
  });
  let sent = 0;
  for (const step of steps) {
    if (complaints.length > 0 || room.end !== undefined) break;
    if (step.does === "wait") {
      // Whoever does not get an answer says so; a hang is told sooner, by the probe.
      await Promise.race([Promise.all(clients.values().map((client) => client.isAnswered())), probing]);
      continue;
    }
    const { who } = step;
    if (step.does === "come") {
      const client = await Promise.race([
        Client.come(stage, step.kind, told, complain).catch(() => undefined),
        delay(TIMES.answer).then(() => undefined),
      ]);
      // It may have been refused for what others have done at this address.
      if (client === undefined) continue;
      clients.set(who, client);
      all.push(client);
    }
    const client = clients.get(who);
    if (client === undefined) continue;
    if (step.does === "send") client.send(step.bytes);
    else if (step.does === "leave") {
      client.leave(step.how);
      clients.delete(who);
    } else {
      if (step.lines.length > 0) client.say(step.lines);
      sent += step.lines.length;
      // So that they all have a turn.
      await delay(0);
    }
  }
  for (const client of all) client[Symbol.dispose]();
  stop.abort();
  const longest = await probing;
  complaints.push(...room.log.slice(alreadyPrinted).filter((line) => FAULT.test(line)));
  if (room.end !== undefined) complain(room.end);
  return { complaints, sent, received: all.reduce((sum, { received }) => sum + received, 0), longest };
}
