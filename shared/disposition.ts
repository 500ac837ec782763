/**
 * The header Content-Disposition, in which HTTP tells what a file is called: a server says it of what it sends and reads it of
 * what it is sent, and so does the terminal's client. Pure.
 *
 * @module
 */

/** So much of a header is looked at. */
const MOST_READ = 4_096;

/**
 * A name, percent-encoded but for letters, digits and `-._~` (RFC 3986, section 2.3). So it may stand in a header (RFC 8187); and
 * a URL that ends in it is shown whole, where many programs leave out a sign like `)`.
 */
export function encodedName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The value of Content-Disposition (RFC 6266): the name for old programs in ASCII, and as it is. */
export function disposition(name: string, isShown: boolean): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  return `${isShown ? "inline" : "attachment"}; filename="${ascii}"; filename*=UTF-8''${encodedName(name)}`;
}

/** The name in a header Content-Disposition, if it tells one that can be read. */
export function nameInDisposition(header: string): string | undefined {
  const text = header.slice(0, MOST_READ);
  const encoded = /;\s*filename\*\s*=\s*UTF-8''([^;\s]+)/i.exec(text)?.[1];
  try {
    if (encoded !== undefined) return decodeURIComponent(encoded);
  } catch {
    // The plain name may be whole.
  }
  const [, quoted, bare] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(text) ?? [];
  // What is behind a backslash stands for itself; Windows' paths have it, too, and there it is no sign of quoting.
  const plain = quoted?.replaceAll(/\\(["\\])/g, "$1") ?? bare;
  // Node reads headers as Latin-1, and many programs write UTF-8.
  return plain === undefined ? undefined : fromLatin1(plain);
}

function fromLatin1(text: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(text, (sign) => sign.charCodeAt(0)));
  } catch {
    return text;
  }
}
