/**
 * The page's cookie, which holds the secret of its device: its name, how it is read and how it is set.
 *
 * @module
 */

/** A cookie lasts a year from when it was set last, in seconds; or as long as the browser is open. */
const YEAR = 31_536_000;

/** What the names of all rooms' cookies begin with, and how one is written whole. */
const PREFIX = "teahouse-";
const ANY_ROOM = /^(?:__Secure-|__Host-)?teahouse-[a-z\d]{1,32}$/;

/**
 * So many cookies of other rooms at the same host name are left alone. Cookies don't tell ports apart, so every room that was
 * ever opened here leaves one, and together they would make requests too long.
 */
const MOST_OTHERS = 10;

/** The most cookies of a request that are looked at. */
const MOST_COOKIES = 300;

/** The most secrets of a request that are looked at, since each may be a guess: a browser has one, and two by an accident. */
const MOST_SECRETS = 3;

/** How a page's secret is kept. */
export interface CookieOptions {
  /** What tells this room from others at the same host name; see `Devices.room`. */
  room: string;
  /** The path below which it is sent. */
  base: string;
  /** Whether the page came over TLS. */
  isSecure: boolean;
}

/**
 * The cookie's name. One over TLS has a name that nobody can set without TLS, and for the whole host name one that no other
 * host can set; it does not stand in the other's way.
 */
function nameOf({ room, base, isSecure }: CookieOptions): string {
  return `${isSecure ? (base === "/" ? "__Host-" : "__Secure-") : ""}${PREFIX}${room}`;
}

/** The names and values of a request's cookies (RFC 6265, section 4.2.1). */
function cookiesOf(header: string): [name: string, value: string][] {
  return header.split(";", MOST_COOKIES).map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, Math.max(0, at)).trim(), pair.slice(at + 1).trim()];
  });
}

/**
 * The secrets in a request's cookies. There should be one at the most; but every program at the same host name, whatever its
 * port, can set another cookie of that name. Those that come first are looked at, three at the most.
 *
 * @param header All cookies, as the request has them.
 */
export function secretsIn(header: string | undefined, options: CookieOptions): string[] {
  const name = nameOf(options);
  const secrets = new Set(cookiesOf(header ?? "").filter(([one]) => one === name).map(([, value]) => value));
  return [...secrets].slice(0, MOST_SECRETS);
}

/**
 * The headers that give a page its secret. Scripts can't read it, and no page from elsewhere has it sent. Cookies of other
 * rooms that are too many end with it, the oldest of them.
 *
 * @param header The cookies that the page has.
 * @param isLasting Whether it lasts when the browser is closed.
 */
export function settingSecret(
  header: string | undefined,
  secret: string,
  options: CookieOptions,
  isLasting = true,
): string[] {
  const { base, isSecure } = options;
  const attributes = `Path=${base}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
  const name = nameOf(options);
  const others = cookiesOf(header ?? "").map(([one]) => one).filter((one) => one !== name && ANY_ROOM.test(one));
  // Browsers send the oldest first (RFC 6265, section 5.4).
  const ended = others.slice(0, Math.max(0, others.length - MOST_OTHERS));
  return [
    `Set-Cookie: ${name}=${secret}; ${attributes}${isLasting ? `; Max-Age=${YEAR}` : ""}`,
    ...ended.map((one) => `Set-Cookie: ${one}=; Path=${base}; Max-Age=0${one.startsWith("__") ? "; Secure" : ""}`),
  ];
}

/** The programs that pages run in, and the systems below them, as user agents name them; the first that fits. */
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];
const SYSTEMS: [RegExp, string][] = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** What a page's device is called, from its user agent: `Firefox on Linux`. */
export function pageName(userAgent: string | undefined): string {
  const text = (userAgent ?? "").slice(0, 500);
  const find = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(text))?.[1];
  const system = find(SYSTEMS);
  return `${find(BROWSERS) ?? "Browser"}${system === undefined ? "" : ` on ${system}`}`;
}
