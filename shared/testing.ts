/** What tests of several parts make: sounds, as WAV files (RIFF, WAVEfmt) of one channel. */

/** What a sound is: how many samples of how many bits, 8,000 in a second. */
interface Wave {
  samples: number;
  bits: 8 | 16;
  /** A sample by its number: from 0 to 255 of 8 bits, from -32,768 to 32,767 of 16. */
  sampleOf: (number: number) => number;
  /** How many bytes of samples the file says that it has. Default: as many as it has. */
  told?: number;
}

/** Makes a WAV file. */
export function waveFile({ samples, bits, sampleOf, told = samples * bits / 8 }: Wave): Uint8Array {
  const size = bits / 8;
  const bytes = new Uint8Array(44 + samples * size);
  const view = new DataView(bytes.buffer);
  const texts: [number, string][] = [[0, "RIFF"], [8, "WAVEfmt "], [36, "data"]];
  for (const [at, text] of texts) bytes.set(new TextEncoder().encode(text), at);
  view.setUint32(4, bytes.length - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 8_000, true);
  view.setUint32(28, 8_000 * size, true);
  view.setUint16(32, size, true);
  view.setUint16(34, bits, true);
  view.setUint32(40, told, true);
  for (let i = 0; i < samples; i++) {
    if (bits === 8) view.setUint8(44 + i, sampleOf(i));
    else view.setInt16(44 + 2 * i, sampleOf(i), true);
  }
  return bytes;
}
