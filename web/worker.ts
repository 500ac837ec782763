/// <reference lib="dom" />
/**
 * The page's service worker: it has the page begin where the room can't be reached, with the files of the last visit.
 *
 * It asks the network first, always. A page that came from the network gets all its files from there, and this worker has no
 * part in it. A page that came from the cache gets its scripts and styles from the same cache alone. So old and new files are
 * never mixed. What is kept is one version, whole: the document names a hash of all its files, and they are kept if theirs is
 * the same. Nothing is kept that is for one person alone.
 *
 * Nor can a broken worker stay. Browsers ask the network for a worker's file, past the worker, at each visit; and another one
 * takes over at once, which it may, as it changes nothing for pages that are open.
 *
 * It is no module: not every browser takes modules for workers. So it imports nothing, and no other file imports it.
 *
 * @module
 */

/** An event of a worker (W3C Service Workers, section 4.4). */
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

/** A page asks for something (section 4.6). The page that a navigation leads to is the resulting client. */
interface AskingEvent extends WorkerEvent {
  request: Request;
  clientId: string;
  resultingClientId: string;
  respondWith(answer: Promise<Response>): void;
}

interface TellingEvent extends WorkerEvent {
  data: unknown;
}

/** What a worker finds around it (section 4.1). */
interface Scope {
  registration: { scope: string };
  clients: { get(id: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install", listener: (event: WorkerEvent) => void): void;
  addEventListener(type: "fetch", listener: (event: AskingEvent) => void): void;
  addEventListener(type: "message", listener: (event: TellingEvent) => void): void;
}

const scope = globalThis as unknown as Scope;

/** The page's address. */
const PAGE = scope.registration.scope;

/** How the names of this page's caches begin. Each has one version. Another room may lie beside this one, with caches of its own. */
const CACHES = `teahouse ${PAGE} `;

/** How the addresses begin under which a cache holds the ids of the pages that it serves. Nothing is asked for there. */
const MARKS = new URL("./served/", PAGE).href;

/** For so many milliseconds the network is waited for, where there is a kept page. */
const PATIENCE = 8_000;

/** The answers of a proxy whose room is away (RFC 9110, sections 15.6.3 to 15.6.5). */
const AWAY = [502, 503, 504];

/** What a document loads to show itself. The server makes the version with the same pattern (server/gateway/page.ts). */
const LOADED = /<(?:link rel="(?:icon|modulepreload|stylesheet)"|script type="module") (?:href|src)="\.(\/[^"]+)"/g;

const VERSION = /<meta name="version" content="([^"]*)">/;

/** Pages that are known to get everything from the network; so many at most, as unknown ones are looked up. */
const direct = new Set([""]);
const MOST_DIRECT = 100;

function goesDirect(client: string): void {
  if (direct.size >= MOST_DIRECT) direct.clear();
  direct.add("").add(client);
}

scope.addEventListener("install", () => void scope.skipWaiting());

scope.addEventListener("fetch", (event) => {
  const { request, clientId, resultingClientId } = event;
  if (request.method !== "GET") return;
  if (request.mode !== "navigate") {
    // What the page's scripts ask for themselves is no file of the page.
    if (request.destination === "" || direct.has(clientId)) return;
    return event.respondWith(load(request, clientId).catch(() => fetch(request)));
  }
  const { origin, pathname } = new URL(request.url);
  if (origin + pathname === PAGE) event.respondWith(begin(request, resultingClientId));
  else goesDirect(resultingClientId);
});

/** Gives the page: the room's own, or the kept one where the room can't be reached. */
async function begin(request: Request, client: string): Promise<Response> {
  // What another program shares stands behind "?". It is for the page, and not for the server.
  const { search } = new URL(request.url);
  const asked = search === "" ? fetch(request) : fetch(PAGE, { redirect: "manual" });
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked.catch(() => undefined), late]);
  const isThere = answer !== undefined && !AWAY.includes(answer.status);
  const kept = isThere ? undefined : await keptPage(client).catch(() => undefined);
  if (kept === undefined) goesDirect(client);
  return kept ?? answer ?? asked;
}

/** The kept page, which says so in itself. From now on its cache serves that client. */
async function keptPage(client: string): Promise<Response | undefined> {
  for (const cache of await versions()) {
    const page = await cache.match(PAGE);
    if (page === undefined) continue;
    await isServing(cache);
    await cache.put(MARKS + client, new Response());
    const headers = new Headers(page.headers);
    // The text has no coding any more.
    for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
    return new Response((await page.text()).replace("<html ", "<html data-kept "), { headers });
  }
}

/** Gives what a page asks for: from its cache if it came from one. */
async function load(request: Request, client: string): Promise<Response> {
  for (const cache of await versions()) {
    if (await cache.match(MARKS + client) === undefined) continue;
    const kept = await cache.match(request.url, { ignoreVary: true });
    if (kept !== undefined) return kept;
    // A file of another version would not fit to those that the page has.
    return ["script", "style"].includes(request.destination) ? Response.error() : fetch(request);
  }
  goesDirect(client);
  return fetch(request);
}

/** All versions that are kept, or partly; the newest first. */
async function versions(): Promise<Cache[]> {
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHES)).reverse();
  return await Promise.all(names.map((name) => caches.open(name)));
}

/** Whether a page is open that a cache serves. Forgets those that are not. */
async function isServing(cache: Cache): Promise<boolean> {
  let isOpen = false;
  for (const { url } of await cache.keys()) {
    if (!url.startsWith(MARKS)) continue;
    if (await scope.clients.get(url.slice(MARKS.length)) !== undefined) isOpen = true;
    else await cache.delete(url);
  }
  return isOpen;
}

/** What was asked of this worker before is done first. */
let keeping = Promise.resolve();

scope.addEventListener("message", (event) => {
  const { data } = event;
  if (typeof data !== "object" || data === null || !("keep" in data) || typeof data.keep !== "string") return;
  const { keep: version } = data;
  // What can't be kept now is tried again at the next visit.
  event.waitUntil(keeping = keeping.then(() => keep(version)).catch(() => {}));
});

/**
 * Keeps the page and its files, if they are of one version and that is not kept already. The browser has just loaded them: they
 * come out of its own cache, and cost the server nothing.
 *
 * @param version The version of the page that is open.
 */
async function keep(version: string): Promise<void> {
  const isOpened = (text: string) => VERSION.exec(text)?.[1] === version;
  let page = await get(PAGE, "force-cache");
  if (page === undefined || !isOpened(await page.clone().text())) page = await get(PAGE, "no-cache");
  const text = await page?.clone().text();
  if (page === undefined || text === undefined || !isOpened(text)) return;
  const name = CACHES + await digest("SHA-256", new TextEncoder().encode(text));
  if (await caches.match(PAGE, { cacheName: name }) === undefined) {
    const files = await filesOf(text, version);
    if (files === undefined) return;
    const cache = await caches.open(name);
    for (const [url, file] of files) await cache.put(url, file);
    // Last: a cache without the page counts for nothing.
    await cache.put(PAGE, page);
  }
  for (const other of await caches.keys()) {
    if (!other.startsWith(CACHES) || other === name) continue;
    if (!await isServing(await caches.open(other))) await caches.delete(other);
  }
}

/**
 * The files of a document; undefined if one can't be got or kept, or if they are of another version. Then they have changed
 * since the page was opened, or something on the way has changed them; no more is asked for before the next visit.
 */
async function filesOf(text: string, version: string): Promise<Map<string, Response> | undefined> {
  const files = new Map<string, Response>();
  const tags: string[] = [];
  for (const [, path] of text.matchAll(LOADED)) {
    const url = new URL(`.${path}`, PAGE).href;
    if (files.has(url)) continue;
    const file = await get(url, "force-cache");
    if (file === undefined) return undefined;
    files.set(url, file);
    tags.push((await digest("SHA-1", await file.clone().arrayBuffer())).replaceAll(/\W/g, ""));
  }
  const found = await digest("SHA-256", new TextEncoder().encode(tags.join("\n")));
  return found === version ? files : undefined;
}

/** Gets a file; undefined if there is none, or if it is for one person alone. */
async function get(url: string, cache: RequestCache): Promise<Response | undefined> {
  const response = await fetch(url, { cache, redirect: "error" });
  const isForOne = /\b(?:no-store|private)\b/i.test(response.headers.get("Cache-Control") ?? "") ||
    /\*|\bcookie\b/i.test(response.headers.get("Vary") ?? "");
  return response.ok && !isForOne ? response : undefined;
}

/** A hash, in base 64. */
async function digest(algorithm: string, data: BufferSource): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest(algorithm, data))));
}
