/// <reference lib="dom" />
/**
 * The way from this page to that of one other person in a call: one RTCPeerConnection, from the first offer to the end. Whoever
 * has come later offers. What follows is "perfect negotiation" (W3C WebRTC, section 10.7): where two offers meet, the polite one
 * takes its own back.
 *
 * @module
 */

import type { Rung } from "./ladder.ts";
import { type Candidate, type Description, MOST_CANDIDATES, sessionOf, withoutUnoffered } from "./signal.ts";
import { chooseCodecs, kindOf, type Slot, SLOTS, type Tracks } from "./slots.ts";

/** What is said to the other page; see `Signal`, which names the call as well. */
export type Told = { d: Description } | { i: Candidate[] };

/** What a way needs. */
export interface PeerOptions {
  iceServers: RTCIceServer[];
  /** Whether this side gives way where two offers meet. */
  isPolite: boolean;
  /** What is sent at first. */
  tracks: Tracks;
  /** How pictures are sent. */
  rung: (slot: Slot) => Rung | undefined;
  send: (told: Told) => void;
  /** Told of each track of the other page, once. */
  onTrack: (slot: Slot, track: MediaStreamTrack) => void;
  /** Called when `state` has changed. */
  onState: () => void;
  /** Makes the connection; a test gives its own. */
  connect?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** How long candidates are gathered before a description is sent, in milliseconds; later ones follow it. */
const GATHERING = 1_000;

/** For how long candidates are collected that follow, in milliseconds. */
const TRICKLE = 100;

/** How long a way may be interrupted before another is looked for, in milliseconds. */
const INTERRUPTED = 3_000;

/** The least time between two such searches, in milliseconds. */
const BETWEEN_RESTARTS = 5_000;

/** What may wait to be handled: a page that sends more is heard no more until that is done. */
const MOST_WAITING = 20;

/** Makes a connection; without the servers where the browser does not take their addresses. */
export function connection(configuration: RTCConfiguration): RTCPeerConnection {
  try {
    return new RTCPeerConnection(configuration);
  } catch {
    return new RTCPeerConnection({ ...configuration, iceServers: [] });
  }
}

/** One way. */
export class Peer {
  readonly #options: PeerOptions;
  readonly #pc: RTCPeerConnection;
  readonly #tracks: Record<Slot, MediaStreamTrack | null>;
  readonly #shown = new Set<Slot>();
  /** Candidates that came before the description that they belong to. */
  #early: Candidate[] = [];
  /** Candidates of this page that are not sent yet. */
  #found: Candidate[] = [];
  #isDescribed = false;
  #isOffering = false;
  /** Whether the last offer of the other page was ignored, and with it its candidates. */
  #isIgnoring = false;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();
  #trickling: ReturnType<typeof setTimeout> | undefined;
  #interrupted: ReturnType<typeof setTimeout> | undefined;
  #restartedAt = -Infinity;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#tracks = { ...options.tracks };
    const { connect = connection, iceServers } = options;
    const pc = this.#pc = connect({ bundlePolicy: "max-bundle", iceServers });
    pc.onicecandidate = ({ candidate }) => this.#gathered(candidate);
    pc.onconnectionstatechange = () => this.#changed();
    pc.ontrack = ({ track, transceiver }) => this.#show(track, transceiver);
  }

  /** How far the way is: as RTCPeerConnection has it. */
  get state(): RTCPeerConnectionState {
    return this.#pc.connectionState;
  }

  /** Which session of the other page this is the way to; "" before it has said so. */
  get session(): string {
    return sessionOf(this.#pc.remoteDescription?.sdp ?? "");
  }

  /** Offers what there is to send. */
  async offer(): Promise<void> {
    for (const slot of SLOTS) {
      chooseCodecs(this.#pc.addTransceiver(this.#tracks[slot] ?? kindOf(slot), { direction: "sendrecv" }), slot);
    }
    await this.#negotiate();
  }

  /** Takes what the other page says. What can't be taken is left: it is of somebody else. */
  take(told: Told): Promise<void> {
    if (this.#waiting >= MOST_WAITING) return Promise.resolve();
    this.#waiting++;
    return this.#last = this.#last.then(() => this.#take(told)).catch(() => {}).finally(() => this.#waiting--);
  }

  /** Sends another track in a place, or none. */
  async send(slot: Slot, track: MediaStreamTrack | null): Promise<void> {
    this.#tracks[slot] = track;
    // A way that is closed, or in which the other page has no such place, sends nothing.
    await this.#transceivers()[SLOTS.indexOf(slot)]?.sender.replaceTrack(track).catch(() => {});
    await this.limit();
  }

  /** Sends pictures as the ladder has it now. */
  async limit(): Promise<void> {
    for (const slot of ["camera", "screen"] as const) {
      const sender = this.#transceivers()[SLOTS.indexOf(slot)]?.sender;
      await limitSender(sender, this.#tracks[slot], this.#options.rung(slot));
    }
  }

  /** Looks for another way: the network has changed, or nothing comes through. */
  restart(): void {
    const now = performance.now();
    if (now - this.#restartedAt < BETWEEN_RESTARTS || this.#pc.signalingState !== "stable") return;
    if (this.#pc.remoteDescription === null) return;
    this.#restartedAt = now;
    this.#pc.restartIce();
    void this.#negotiate();
  }

  /** What the browser counts. */
  stats(): Promise<RTCStatsReport> {
    return this.#pc.getStats();
  }

  /** How loud the other person is now, from 0 to 1. */
  get level(): number {
    const [source] = this.#transceivers()[0]?.receiver.getSynchronizationSources?.() ?? [];
    return source?.audioLevel ?? 0;
  }

  close(): void {
    clearTimeout(this.#trickling);
    clearTimeout(this.#interrupted);
    this.#pc.onconnectionstatechange = this.#pc.onicecandidate = this.#pc.ontrack = null;
    this.#pc.close();
  }

  /** The places that both pages have, in their order. */
  #transceivers(): RTCRtpTransceiver[] {
    const all = this.#pc.getTransceivers();
    const agreed = all.filter(({ mid }) => mid !== null);
    return (agreed.length > 0 ? agreed : all).slice(0, SLOTS.length);
  }

  async #negotiate(): Promise<void> {
    this.#isOffering = true;
    try {
      await this.#describe();
    } catch {
      // The way is closed, or the other page has offered meanwhile.
    } finally {
      this.#isOffering = false;
    }
  }

  /** Makes an offer or an answer, and sends it with the candidates that are known by then. */
  async #describe(): Promise<void> {
    const pc = this.#pc;
    this.#isDescribed = false;
    this.#found = [];
    await pc.setLocalDescription();
    const type = pc.localDescription?.type;
    await gathered(pc);
    const { localDescription } = pc;
    // Another one has taken its place.
    if (localDescription === null || localDescription.type !== type) return;
    if (type !== "offer" && type !== "answer") return;
    this.#isDescribed = true;
    this.#found = [];
    this.#options.send({ d: { type, sdp: withoutUnoffered(localDescription.sdp) } });
    await this.limit();
  }

  async #take(told: Told): Promise<void> {
    if ("i" in told) return await this.#takeCandidates(told.i);
    const pc = this.#pc;
    const { d } = told;
    const isCollision = d.type === "offer" && (this.#isOffering || pc.signalingState !== "stable");
    this.#isIgnoring = isCollision && !this.#options.isPolite;
    if (this.#isIgnoring || (d.type === "answer" && pc.signalingState !== "have-local-offer")) return;
    await pc.setRemoteDescription(d);
    const early = this.#early;
    this.#early = [];
    await this.#takeCandidates(early);
    if (d.type === "answer") return;
    await this.#fill();
    await this.#describe();
  }

  /** Sends in the places of an offer what there is to send. */
  async #fill(): Promise<void> {
    const all = this.#pc.getTransceivers();
    // Those of an offer that was taken back are of no use.
    for (const transceiver of all) if (transceiver.mid === null) transceiver.stop();
    const agreed = all.filter(({ mid }) => mid !== null);
    for (const [i, transceiver] of agreed.entries()) {
      const slot = SLOTS[i];
      if (slot === undefined || transceiver.receiver.track.kind !== kindOf(slot)) transceiver.direction = "inactive";
      else {
        transceiver.direction = "sendrecv";
        if (transceiver.sender.track !== this.#tracks[slot]) await transceiver.sender.replaceTrack(this.#tracks[slot]);
      }
    }
  }

  async #takeCandidates(candidates: readonly Candidate[]): Promise<void> {
    if (this.#pc.remoteDescription === null) {
      this.#early = [...this.#early, ...candidates].slice(0, MOST_CANDIDATES);
      return;
    }
    for (const candidate of this.#isIgnoring ? [] : candidates) {
      await this.#pc.addIceCandidate(candidate).catch(() => {});
    }
  }

  #gathered(candidate: RTCIceCandidate | null): void {
    // Until then it stands in the description.
    if (candidate === null || candidate.candidate === "" || !this.#isDescribed) return;
    const { candidate: text, sdpMid, sdpMLineIndex } = candidate;
    this.#found.push({ candidate: text, sdpMid, sdpMLineIndex });
    this.#trickling ??= setTimeout(() => {
      this.#trickling = undefined;
      if (this.#found.length > 0) this.#options.send({ i: this.#found.splice(0, MOST_CANDIDATES) });
    }, TRICKLE);
  }

  #show(track: MediaStreamTrack, transceiver: RTCRtpTransceiver): void {
    const slot = SLOTS[this.#transceivers().indexOf(transceiver)];
    if (slot === undefined || track.kind !== kindOf(slot) || this.#shown.has(slot)) return;
    this.#shown.add(slot);
    this.#options.onTrack(slot, track);
  }

  #changed(): void {
    const { state } = this;
    clearTimeout(this.#interrupted);
    if (state === "failed") this.#interrupted = setTimeout(() => this.#again(), 0);
    else if (state === "disconnected") this.#interrupted = setTimeout(() => this.#again(), INTERRUPTED);
    this.#options.onState();
  }

  /** Looks for another way, again and again while there is none: the server says when the other person is gone. */
  #again(): void {
    if (this.state !== "failed" && this.state !== "disconnected") return;
    this.restart();
    this.#interrupted = setTimeout(() => this.#again(), BETWEEN_RESTARTS + Math.random() * 1_000);
  }
}

/** Has a sender send a picture as a rung has it; nothing changes where there is no picture. */
export async function limitSender(
  sender: RTCRtpSender | undefined,
  track: MediaStreamTrack | null,
  rung: Rung | undefined,
): Promise<void> {
  const parameters = sender?.getParameters();
  const [encoding] = parameters?.encodings ?? [];
  if (track === null || rung === undefined || encoding === undefined) return;
  encoding.maxBitrate = rung.bits;
  encoding.maxFramerate = rung.rate;
  encoding.scaleResolutionDownBy = Math.max(1, (track.getSettings().height ?? rung.height) / rung.height);
  await sender!.setParameters(parameters!).catch(() => {});
}

/** Resolves once all candidates are known, or after a while. */
function gathered(pc: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      pc.removeEventListener("icegatheringstatechange", look);
      resolve();
    };
    const look = () => {
      if (pc.iceGatheringState === "complete" || pc.signalingState === "closed") end();
    };
    const timer = setTimeout(end, GATHERING);
    pc.addEventListener("icegatheringstatechange", look);
    look();
  });
}
