/** What kinds of files there are, by the ends of their names; a server that looks into them knows better. Pure. */

const TYPES: Record<string, string> = {
  apng: "image/apng",
  avif: "image/avif",
  flac: "audio/flac",
  gif: "image/gif",
  heic: "image/heic",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  m4a: "audio/mp4",
  mp3: "audio/mpeg",
  mp4: "video/mp4",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
  wav: "audio/wav",
  webm: "video/webm",
  webp: "image/webp",
  zip: "application/zip",
};

/** The type of a file by its name. */
export function typeOf(name: string): string {
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return Object.hasOwn(TYPES, end) ? TYPES[end] : "application/octet-stream";
}
