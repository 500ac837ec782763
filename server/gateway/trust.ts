/**
 * The page that says how a browser comes to trust the room's https, and the authority that may be installed for that. It needs
 * no script: it is for people whose browser does not trust the room yet.
 *
 * @module
 */

import { escape } from "@std/html/entities";
import { isFor } from "../tls/pair.ts";
import type { TlsFacts } from "../tls/tls.ts";
import { type Asset, CACHE, makeAsset, TYPES } from "./asset.ts";
import { AUTHORITY_FILE, TRUST_TEXTS, type TrustLanguage, type TrustTexts } from "./trust_texts.ts";

/** The paths, as a request names them below the page's own. */
export const TRUST = { page: "/trust", authority: `/trust/${AUTHORITY_FILE}` } as const;

/** What the page may do: show itself in its own style. */
const POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'";

/** The media type by which phones take a file for an authority. */
const AUTHORITY_TYPE = "application/x-x509-ca-cert";

/** So many names and addresses of a certificate are shown. */
const MOST_NAMES = 12;

/** Who asks. */
export interface TrustAsker {
  language: TrustLanguage;
  /** The host that was asked for without TLS, as in a URL; undefined where that is not known. */
  host: string | undefined;
  /** Whether they came by TLS. */
  isSecure: boolean;
  /** The page's path, with a slash at both ends. */
  base: string;
}

/** What a path of `TRUST` means; undefined for any other, and for the authority where the room has none of its own. */
export function trustAsset(path: string, tls: TlsFacts | undefined, asker: TrustAsker): Asset | undefined {
  if (path === TRUST.page) return whole(makeAsset(trustPage(tls, asker), TYPES.html, CACHE.revalidate, POLICY));
  if (path !== TRUST.authority || tls?.authority === undefined) return undefined;
  return whole(makeAsset(tls.authority.pem, AUTHORITY_TYPE, CACHE.revalidate));
}

/** An asset that is sent as it is: it is made for each request, and compressing it would cost more than it saves. */
function whole(asset: Asset): Asset {
  return { ...asset, encoded: () => Promise.resolve(undefined) };
}

/** The language that a request asks for: by `?lang=zh`, or the first of the browser's that there is. English if none is. */
export function trustLanguage(url: string, accepted: string): TrustLanguage {
  const asked = /[?&]lang=(en|zh)(?:&|$)/.exec(url)?.[1];
  return (asked ?? /(?:^|,)\s*(en|zh)\b/i.exec(accepted.slice(0, 300))?.[1].toLowerCase() ?? "en") as TrustLanguage;
}

function trustPage(tls: TlsFacts | undefined, asker: TrustAsker): string {
  const { language } = asker;
  const texts = TRUST_TEXTS[language];
  const other = language === "en" ? "zh" : "en";
  return `<!DOCTYPE html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${texts.title}</title>
<link rel="icon" href="./icons/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="./style/trust.css">
</head>
<body>
<main>
<nav><a href="./">←</a> <a href="./trust?lang=${other}" lang="${other}">${texts.other}</a></nav>
<h1>${texts.title}</h1>
<p>${texts.why}</p>
${asker.isSecure ? `<p><strong>${texts.isSecure}</strong></p>\n` : ""}${bodyOf(tls, texts, asker)}
</main>
</body>
</html>
`;
}

function bodyOf(tls: TlsFacts | undefined, texts: TrustTexts, asker: TrustAsker): string {
  if (tls === undefined || tls.ports.page === undefined) return `<p>${texts.none}</p>`;
  const { authority, certificate, isPublic } = tls;
  if (isPublic) return [`<p>${texts.known}</p>`, opening(tls, texts, asker)].join("\n");
  if (authority === undefined) {
    return [`<p>${texts.given}</p>`, fingerprint(certificate.fingerprint), opening(tls, texts, asker)].join("\n");
  }
  return [
    `<p>${texts.own}</p>`,
    `<h2>1. ${texts.compare}</h2>`,
    fingerprint(authority.fingerprint),
    `<p>${texts.compareText}</p>`,
    `<h2>2. ${texts.download}</h2>`,
    `<p><a class="file" href="./trust/${AUTHORITY_FILE}">${texts.downloadText} (${AUTHORITY_FILE})</a></p>`,
    `<h2>3. ${texts.install}</h2>`,
    ...texts.systems.map(({ system, steps }) =>
      `<details><summary>${escape(system)}</summary><ol>${
        steps.map((step) => `<li>${typed(escape(step))}</li>`).join("")
      }</ol></details>`
    ),
    `<h2>4. ${texts.open}</h2>`,
    opening(tls, texts, asker),
    `<p>${texts.undo}</p>`,
  ].join("\n");
}

/** Where the room is by https: by the host that was asked for, if the certificate is for that. */
function opening({ ports, certificate: { names } }: TlsFacts, texts: TrustTexts, { host, base }: TrustAsker): string {
  const isHeld = host !== undefined && isFor(names, host.replace(/^\[(.*)\]$/, "$1"));
  const address = `https://${host}${ports.page === 443 ? "" : `:${ports.page}`}${base}`;
  const link = isHeld ? `<p>${texts.openText} <a href="${escape(address)}">${escape(address)}</a></p>\n` : "";
  const all = [...names.hosts, ...names.addresses].slice(0, MOST_NAMES);
  return `${link}<p>${texts.names} ${all.map((name) => `<code>${escape(name)}</code>`).join(", ")}</p>`;
}

function fingerprint(text: string): string {
  return `<p class="fingerprint">SHA-256 <code>${text}</code></p>`;
}

/** Shows what is between backquotes as what is typed. */
function typed(html: string): string {
  return html.replace(/`([^`]*)`/g, "<code>$1</code>");
}
