/**
 * What is in a file, found out by its content: what its sender says of it may be wrong, and must not decide what a browser
 * makes of it.
 *
 * `file-type` is loaded with the first file, so that a room where nobody sends one has neither its 78 KB nor its 8 MB of memory.
 *
 * @module
 */

/** So many bytes of a file's beginning are looked at. */
export const SAMPLE_BYTES = 16_384;

/** What a browser shows in place. Everything else is offered to be saved: SVG, HTML, XML and PDF among it, which may run scripts. */
const SHOWN: ReadonlySet<string> = new Set([
  "image/png",
  "image/apng",
  "image/jpeg",
  "image/gif",
  "image/webp",
  "image/avif",
  "video/mp4",
  "video/webm",
  "video/ogg",
  "video/quicktime",
  "audio/mpeg",
  "audio/mp4",
  "audio/aac",
  "audio/ogg",
  "audio/webm",
  "audio/wav",
  "audio/flac",
]);

/** Names of types that stand for others. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  "audio/x-m4a": "audio/mp4",
  "video/x-m4v": "video/mp4",
  "audio/vnd.wave": "audio/wav",
  "audio/x-flac": "audio/flac",
};

/** The type of what is nothing else. */
export const UNKNOWN = "application/octet-stream";

/** Whether files of a type are shown in place. */
export function isShown(type: string): boolean {
  return SHOWN.has(type);
}

/** Whether it can be text: UTF-8, without the control characters that no text has. @param isWhole Whether nothing follows. */
function isText(bytes: Uint8Array, isWhole: boolean): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
    // deno-lint-ignore no-control-regex
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text);
  } catch {
    return false;
  }
}

/**
 * The type of a file.
 *
 * @param sample Its first `SAMPLE_BYTES`, or all of it.
 * @param isWhole Whether that is all of it.
 */
export async function typeOf(sample: Uint8Array, isWhole: boolean): Promise<string> {
  const { fileTypeFromBuffer } = await import("file-type");
  // It reads remote bytes, and what it throws says only that they are none of what it knows.
  const found = await fileTypeFromBuffer(sample).catch(() => undefined);
  const name = found?.mime.split(";", 1)[0];
  if (name !== undefined) return OTHER_NAMES[name] ?? name;
  return isText(sample, isWhole) ? "text/plain" : UNKNOWN;
}
