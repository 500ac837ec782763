/// <reference lib="dom" />
/**
 * What two pages send each other: four tracks, each in its place from the beginning, whether something is sent there or not. So
 * turning a camera on or sharing a screen is no negotiation, and can't collide with one.
 *
 * @module
 */

/** The places, in the order in which they stand in a description. */
export const SLOTS = ["microphone", "camera", "screen", "screenSound"] as const;

export type Slot = typeof SLOTS[number];

/** What is sent in each place. */
export type Tracks = { readonly [Name in Slot]: MediaStreamTrack | null };

/** How sound and pictures are coded: what all browsers have. A description that has more of them is three times as long. */
const CODECS: ReadonlySet<string> = new Set(["audio/opus", "video/VP8", "video/H264", "video/rtx"]);

/** Has a place use those alone, where the browser can choose. */
export function chooseCodecs(transceiver: RTCRtpTransceiver, slot: Slot): void {
  try {
    const all = RTCRtpReceiver.getCapabilities(kindOf(slot))?.codecs ?? [];
    const chosen = all.filter(({ mimeType, sdpFmtpLine = "" }) =>
      CODECS.has(mimeType) && (mimeType !== "video/H264" || sdpFmtpLine.includes("42e01f"))
    );
    if (chosen.length > 0) transceiver.setCodecPreferences(chosen);
  } catch {
    // Then it may use all that there are.
  }
}

/** Whether sound or pictures are sent in a place. */
export function kindOf(slot: Slot): "audio" | "video" {
  return slot === "camera" || slot === "screen" ? "video" : "audio";
}
