/**
 * The signals between a client in a call and the room's server, where the sound and the pictures go by an engine. The client
 * has two ways: by one it sends what is heard and seen of it, by the other it gets what comes of all others. It begins a session
 * with an offer for the first; the server answers, and offers the second, again whenever somebody has come or gone.
 *
 * All of it is packed as JSON (packed_json.ts). A description may be longer than a tag, so it comes in pieces.
 *
 * @module
 */

import { MOST_PACKED, packJson, unpackJson } from "./packed_json.ts";

/** A way as the client has it: out of it, or into it. */
export type Way = "up" | "down";

/** A description of a session (RFC 8829): an offer or its answer. */
export interface EngineDescription {
  type: "offer" | "answer";
  sdp: string;
}

/** What comes in a section of an offer of the way down: its `mid`, of whom it is, and which of their places it has. */
export type EngineStream = [mid: string, nick: string, slot: number];

/** What is told of one session. */
export type EngineTold =
  | { w: Way; d: EngineDescription; m?: EngineStream[] }
  /** The session is over. */
  | { bye: 1 };

/** A signal of the call `c`, in the session `s`: a number that the client has chosen for it. */
export type EngineSignal = { c: string; s: number } & EngineTold;

/** Places of what somebody sends: microphone, camera, screen, the screen's sound. */
export const ENGINE_SLOTS = 4;

/** Characters of a whole description, and pieces of it. */
const LONGEST = 200_000;
const MOST_PIECES = 60;

/** Streams that are named in one signal: those of all in the largest call. */
const MOST_STREAMS = 500;

/** Characters of the name of a section, and of a nick. */
const LONGEST_NAME = 100;

/** Whether a text may be a description: lines of printable characters, of which the first says its version (RFC 8866, section 5). */
export function isDescription(sdp: string): boolean {
  // deno-lint-ignore no-control-regex
  return sdp.startsWith("v=0\r\n") && !/[\0-\x09\x0b\x0c\x0e-\x1f\x7f]/.test(sdp);
}

/** Packs a signal into as few tags as it needs. */
export async function packEngineSignal(signal: EngineSignal): Promise<string[]> {
  const whole = await packJson(signal);
  if (whole.length <= MOST_PACKED || !("d" in signal)) return [whole];
  for (let count = Math.ceil(whole.length / MOST_PACKED);; count++) {
    const packed = await Promise.all(pieces(signal, count).map(packJson));
    if (packed.every(({ length }) => length <= MOST_PACKED) || count >= MOST_PIECES) return packed;
  }
}

/** Cuts a description, and what is named beside it, into so many pieces. */
function pieces(signal: EngineSignal & { d: EngineDescription }, count: number): unknown[] {
  const { d: { type, sdp }, m = [], ...rest } = signal as EngineSignal & { d: EngineDescription; m?: EngineStream[] };
  const cut = <T extends string | EngineStream[]>(whole: T, i: number) =>
    whole.slice(Math.floor(whole.length * i / count), Math.floor(whole.length * (i + 1) / count)) as T;
  return Array.from(
    { length: count },
    (_, i) => ({ ...rest, d: { type, sdp: cut(sdp, i) }, m: cut(m, i), p: [i, count] }),
  );
}

/** Reads the signals of one sender, and puts together what comes in pieces. */
export class EngineReader {
  #begun:
    | { signal: EngineSignal & { d: EngineDescription; m: EngineStream[] }; next: number; count: number }
    | undefined;

  /** Takes a packed signal, one after the other. Undefined where it is none, or not whole yet. */
  async take(packed: string): Promise<EngineSignal | undefined> {
    return this.read(await unpackJson(packed));
  }

  /** The same of one that is unpacked already. */
  read(json: unknown): EngineSignal | undefined {
    if (!isObject(json) || typeof json.c !== "string" || !isCount(json.s)) return undefined;
    const { c, s, w, d, p } = json;
    if (json.bye === 1) return { c, s, bye: 1 };
    if ((w !== "up" && w !== "down") || !isObject(d)) return undefined;
    const { type, sdp } = d;
    const m = readStreams(json.m);
    if ((type !== "offer" && type !== "answer") || typeof sdp !== "string" || m === undefined) return undefined;
    const signal = { c, s, w, d: { type, sdp }, m } as const;
    return p === undefined ? whole(signal) : this.#join(signal, p);
  }

  #join(piece: EngineSignal & { d: EngineDescription; m: EngineStream[] }, p: unknown): EngineSignal | undefined {
    const [at, count] = Array.isArray(p) ? p : [];
    if (!isCount(at) || !isCount(count) || count > MOST_PIECES) return undefined;
    if (at === 0) this.#begun = { signal: { ...piece, d: { ...piece.d, sdp: "" }, m: [] }, next: 0, count };
    const begun = this.#begun;
    if (begun === undefined || begun.next !== at || begun.count !== count || begun.signal.s !== piece.s) {
      return undefined;
    }
    const { signal } = begun;
    begun.next++;
    signal.d.sdp += piece.d.sdp;
    signal.m.push(...piece.m);
    if (signal.d.sdp.length > LONGEST || signal.m.length > MOST_STREAMS) this.#begun = undefined;
    else if (begun.next === count) {
      this.#begun = undefined;
      return whole(signal);
    }
    return undefined;
  }
}

function whole(signal: EngineSignal & { d: EngineDescription }): EngineSignal | undefined {
  return isDescription(signal.d.sdp) ? signal : undefined;
}

function readStreams(json: unknown): EngineStream[] | undefined {
  if (json === undefined) return [];
  if (!Array.isArray(json) || json.length > MOST_STREAMS) return undefined;
  const isName = (text: unknown) => typeof text === "string" && text !== "" && text.length <= LONGEST_NAME;
  const isStream = (one: unknown): one is EngineStream =>
    Array.isArray(one) && isName(one[0]) && isName(one[1]) && isCount(one[2]) && one[2] < ENGINE_SLOTS;
  return json.every(isStream) ? json.map(([mid, nick, slot]) => [mid, nick, slot]) : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number >= 0;
}
