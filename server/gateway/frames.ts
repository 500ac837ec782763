/**
 * Lines as WebSocket frames, and the sizes of a peer's frames (RFC 6455, section 5.2).
 *
 * @module
 */

/** The first byte of a frame that is a whole message. */
export const TEXT_FRAME = 0x81, BINARY_FRAME = 0x82;

/** A ping without content. */
export const PING_FRAME = new Uint8Array([0x89, 0]);

/** Up to so many bytes a frame's length takes one byte, else three. */
const SHORT_FRAME = 125;

const LF = 10;

/** How many bytes a peer's message takes in one frame, with its head and its mask. */
export function sizeInFrame({ length }: Uint8Array): number {
  return length + (length <= SHORT_FRAME ? 6 : 8);
}

/** A batch of whole lines as frames: each line is a message without its line end. */
function frame(batch: Uint8Array, firstByte: number): Uint8Array {
  let size = 0;
  for (let from = 0, end; (end = batch.indexOf(LF, from)) >= 0; from = end + 1) {
    // CR LF goes and a head comes, which for a short line has the same length.
    size += end + 1 - from + (end - 1 - from > SHORT_FRAME ? 2 : 0);
  }
  const frames = new Uint8Array(size);
  let at = 0;
  for (let from = 0, end; (end = batch.indexOf(LF, from)) >= 0; from = end + 1) {
    const length = end - 1 - from;
    frames[at++] = firstByte;
    if (length <= SHORT_FRAME) frames[at++] = length;
    else {
      frames[at++] = 126;
      frames[at++] = length >> 8;
      frames[at++] = length & 0xff;
    }
    frames.set(batch.subarray(from, end - 1), at);
    at += length;
  }
  return frames;
}

/** The last batch that was framed, by its first byte: readers at the same position of a feed share their batches. */
const framed = new Map<number, { batch: Uint8Array; frames: Uint8Array }>();

/** The same as `frame`, done once for all readers of a batch. */
export function frameOnce(batch: Uint8Array, firstByte: number): Uint8Array {
  const last = framed.get(firstByte);
  if (last?.batch === batch) return last.frames;
  const frames = frame(batch, firstByte);
  framed.set(firstByte, { batch, frames });
  return frames;
}
