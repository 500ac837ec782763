/**
 * What may be asked about files, as a grammar: they are sent at once and in parts, asked for, and removed, rightly and oddly.
 * `{token}` and `{file}` are replaced by a token and by a file's path that have been told when the request is sent.
 *
 * @module
 */

import { film, gif, heic, jpeg, png, webp } from "../../server/files/testing.ts";
import type { Grammar } from "./grammar.ts";

const KINDS = [jpeg, png, webp, gif, film, heic];

const AUTHORIZATIONS = [
  "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  "Bearer",
  "Basic YWxpY2U6YS1nb29kLXBhc3N3b3Jk",
  "Basic =",
  `Bearer ${"x".repeat(3_000)}`,
];
const RANGES = [
  "bytes=0-1",
  "bytes=-5",
  "bytes=5-",
  "bytes=0-0,-1",
  "bytes=9-2",
  "bytes=-0",
  "bytes=99999999999999999-",
  `bytes=${"0-,".repeat(300)}`,
  "lines=1",
];
const NAMES = [
  "attachment; filename=tea.txt",
  'attachment; filename="../../etc/passwd"',
  "attachment; filename*=UTF-8''%2e%2e%2f%00%ff",
  `inline; filename="${"x".repeat(4_000)}`,
  "\xe8\x8c\xb6",
];
const METADATA = [
  "filename dGVhLnR4dA==",
  "filename Li4vLi4v",
  "filename",
  "filename ====",
  ",,,",
  `filename ${"A".repeat(6_000)}`,
];
const PATHS = ["{file}", "{file}", "{file}", "{file}/x", "{file}?info", "/files/", "/files/AAAAAAAAAAAAAAAAAAAAAA"];

/** A length, mostly the right one. */
function lengthFor(grammar: Grammar, right: number): string {
  if (grammar.chance(85)) return `${right}`;
  return `${grammar.pick([0, 1, right + 1, Math.max(0, right - 1), 65_536, 1_048_577, 5e9, -1, 1e15, "1e3", "x", ""])}`;
}

/** What is in a file, one byte a character. */
function content(grammar: Grammar): string {
  const bytes = grammar.pick([
    () => grammar.pick(KINDS)().toString("latin1"),
    () => grammar.noise(),
    () => "<html><script>alert(1)</script>",
    () => "x".repeat(grammar.below(100_000)),
    () => "",
  ])();
  if (grammar.chance(60) || bytes.length === 0) return bytes;
  const damaged = [...bytes.slice(0, grammar.chance(30) ? grammar.below(bytes.length) : undefined)];
  for (let i = grammar.below(6); i > 0 && damaged.length > 0; i--) {
    damaged[grammar.below(damaged.length)] = String.fromCharCode(grammar.below(256));
  }
  return damaged.join("");
}

/** A body with the header that says how long it is. */
function body(grammar: Grammar, bytes: string): [headers: string[], body: string] {
  if (grammar.chance(80)) return [[`Content-Length: ${lengthFor(grammar, bytes.length)}`], bytes];
  const half = grammar.below(bytes.length + 1);
  const chunks = [bytes.slice(0, half), bytes.slice(half)].filter((part) => part !== "");
  const size = (part: string) => (part.length + (grammar.chance(5) ? 1 : 0)).toString(16);
  const end = grammar.chance(90) ? "0\r\n\r\n" : "";
  return [["Transfer-Encoding: chunked"], chunks.map((part) => `${size(part)}\r\n${part}\r\n`).join("") + end];
}

/** Requests about files, one after the other. */
export function fileRequests(grammar: Grammar): string {
  return grammar.some(grammar.chance(70) ? 1 : 4, () => {
    const tus = grammar.chance(90) ? ["Tus-Resumable: 1.0.0"] : ["Tus-Resumable: 0.2"];
    let [method, path, headers, sent] = grammar.pick<() => [string, string, string[], string]>([
      () => {
        const [length, sent] = body(grammar, content(grammar));
        return ["POST", "/files", [...length, `Content-Disposition: ${grammar.pick(NAMES)}`], sent];
      },
      () => {
        const length = `Upload-Length: ${lengthFor(grammar, grammar.pick([0, 3, 100, 65_536]))}`;
        return ["POST", "/files", [...tus, length, `Upload-Metadata: ${grammar.pick(METADATA)}`], ""];
      },
      () => {
        const [length, sent] = body(grammar, content(grammar));
        const type = grammar.chance(90) ? "application/offset+octet-stream" : "text/plain";
        const offset = `Upload-Offset: ${lengthFor(grammar, grammar.pick([0, 0, 0, 3, 100]))}`;
        return ["PATCH", "{file}", [...tus, ...length, `Content-Type: ${type}`, offset], sent];
      },
      () => ["HEAD", grammar.pick(PATHS), tus, ""],
      () => ["DELETE", grammar.pick(PATHS), grammar.chance(50) ? tus : [], ""],
      () => {
        const conditions = ["If-None-Match: *", 'If-Match: "x"', 'If-Range: "x"', "If-None-Match: ,,"];
        const range = [`Range: ${grammar.pick(RANGES)}`];
        return [
          grammar.pick(["GET", "GET", "HEAD"]),
          grammar.pick(PATHS),
          [...range, ...(grammar.chance(20) ? [grammar.pick(conditions)] : [])],
          "",
        ];
      },
      () => [grammar.pick(["OPTIONS", "PUT", "POST", "PATCH", "TRACE"]), grammar.pick(PATHS), tus, ""],
    ])();
    if (grammar.chance(90)) {
      headers.push(`Authorization: ${grammar.chance(85) ? "Bearer {token}" : grammar.pick(AUTHORIZATIONS)}`);
    }
    if (grammar.chance(10)) {
      headers.push(grammar.pick(["Expect: 100-continue", "Origin: null", "Connection: close", "Upgrade: x"]));
    }
    if (grammar.chance(3)) headers = headers.toSpliced(grammar.below(headers.length), 1);
    if (grammar.chance(5)) sent = sent.slice(0, grammar.below(sent.length + 1));
    if (grammar.chance(3)) method = method.toLowerCase();
    return [`${method} ${path} HTTP/1.1`, "Host: 127.0.0.1", ...headers].map((line) => `${line}\r\n`).join("") +
      "\r\n" + sent;
  }).join("");
}
