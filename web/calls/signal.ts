/// <reference lib="dom" />
/**
 * The signals by which two pages negotiate how they hear and see each other, as they stand in a tag: a JSON text, compressed
 * (deflate, RFC 1951), in the letters of base64url. What comes is of somebody else, so whatever is no such signal is no signal.
 *
 * @module
 */

import { isDescription } from "../../shared/engine_signal.ts";
import { packJson, unpackJson } from "../../shared/packed_json.ts";
import { SLOTS } from "./slots.ts";

/** A candidate: an address at which a page may be reached (RFC 8839). */
export interface Candidate {
  candidate: string;
  sdpMid: string | null;
  sdpMLineIndex: number | null;
}

/** A description of a session (RFC 8829): an offer or its answer. */
export interface Description {
  type: "offer" | "answer";
  sdp: string;
}

/**
 * What is said to another page of the call `c`: a description, candidates, that this page takes part no more, or that it hears the
 * other one by an engine and so needs this way no more.
 */
export type Signal = { c: string } & ({ d: Description } | { i: Candidate[] } | { bye: 1 } | { carried: 1 });

/** Candidates in one signal. */
export const MOST_CANDIDATES = 40;

/** Sections of a description: a page has one for each slot. Hundreds of them hold a browser up for most of a second, each time. */
const MOST_SECTIONS = 2 * SLOTS.length;

/** Characters of the text of a candidate. */
const LONGEST_CANDIDATE = 1_000;

/** Packs a signal. It is not checked whether it fits, see `MOST_PACKED`. */
export const pack: (signal: Signal) => Promise<string> = packJson;

/** Unpacks what came from somebody else; undefined if it is no signal. */
export async function unpack(value: string): Promise<Signal | undefined> {
  return readSignal(await unpackJson(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Reads a signal out of JSON. Fields that are not known are left out. */
function readSignal(json: unknown): Signal | undefined {
  if (!isObject(json) || typeof json.c !== "string" || json.c === "") return undefined;
  const { c, d, i, bye, carried } = json;
  if (isObject(d)) {
    const { type, sdp } = d;
    if ((type !== "offer" && type !== "answer") || typeof sdp !== "string" || !isDescription(sdp)) return undefined;
    if (sdp.split("\nm=").length - 1 > MOST_SECTIONS) return undefined;
    return { c, d: { type, sdp } };
  }
  if (Array.isArray(i)) {
    const candidates = i.slice(0, MOST_CANDIDATES).map(readCandidate);
    return candidates.every((candidate) => candidate !== undefined) ? { c, i: candidates } : undefined;
  }
  if (carried === 1) return { c, carried };
  return bye === 1 ? { c, bye } : undefined;
}

function readCandidate(json: unknown): Candidate | undefined {
  if (!isObject(json)) return undefined;
  const { candidate, sdpMid = null, sdpMLineIndex = null } = json;
  if (typeof candidate !== "string" || candidate.length > LONGEST_CANDIDATE) return undefined;
  if (sdpMid !== null && typeof sdpMid !== "string") return undefined;
  if (sdpMLineIndex !== null && typeof sdpMLineIndex !== "number") return undefined;
  return { candidate, sdpMid, sdpMLineIndex };
}

/** A number by which a session is told from others. */
export function sessionNumber(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0];
}

/** Which session a description is of, by its line `o=` (RFC 8866, section 5.2): a page that begins anew has another one. */
export function sessionOf(sdp: string): string {
  return /^o=\S+ (\S+)/m.exec(sdp)?.[1] ?? "";
}

/**
 * A description without what it says of codecs that it does not offer: Firefox leaves such lines where codecs were chosen, and
 * Chromium takes no description that has one.
 */
export function withoutUnoffered(sdp: string): string {
  let offered: string[] = [];
  return sdp.split("\r\n").filter((line) => {
    if (line.startsWith("m=")) offered = line.split(" ").slice(3);
    const [, payload] = /^a=(?:rtcp-fb|fmtp|rtpmap):(\d+) /.exec(line) ?? [];
    return payload === undefined || offered.includes(payload);
  }).join("\r\n");
}

/** The candidates that stand in a description, and the description without them. */
export function splitCandidates(sdp: string): { bare: string; candidates: Candidate[] } {
  const candidates: Candidate[] = [];
  const kept: string[] = [];
  let index = -1;
  let mid: string | null = null;
  /** Those of a section whose name stands below them. */
  let open: Candidate[] = [];
  for (const line of sdp.split("\r\n")) {
    if (line.startsWith("m=")) [index, mid, open] = [index + 1, null, []];
    if (line.startsWith("a=mid:")) {
      mid = line.slice("a=mid:".length);
      for (const candidate of open) candidate.sdpMid = mid;
    }
    if (!line.startsWith("a=candidate:")) {
      if (line !== "a=end-of-candidates") kept.push(line);
      continue;
    }
    const candidate = { candidate: line.slice("a=".length), sdpMid: mid, sdpMLineIndex: index };
    open.push(candidate);
    candidates.push(candidate);
  }
  return { bare: kept.join("\r\n"), candidates };
}
