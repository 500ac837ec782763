/// <reference lib="dom" />
/**
 * The page's service worker, before a room whose files change, and behind a proxy that does as a test wants: the room is away,
 * or hangs, or another answer comes.
 *
 * @module
 */

import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { fromFileUrl } from "@std/path/from-file-url";
import type { Pair } from "../../server/tls/pair.ts";
import { makeIssuer, pairOf } from "../../server/tls/testing.ts";
import { openFolder, openRoom, run, SOURCES, untilEqual } from "../room.ts";
import type { Browser } from "./browser.ts";
import type { Guest } from "./guest.ts";
import { isWhole, NAME, openTrusting, trustTest } from "./secure.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** What the room of a copy is made of. */
const PARTS = ["deno.json", "deno.lock", "server.ts", "protocol.ts", "server", "web", "client", "emoji", "shared"];

/** What shows of which edition a page is. The document comes last: when it has changed all others have. */
const MARKED = ["web/title.ts", "web/badge.ts", "web/style.css", "web/index.html"];

/** A room that is a copy of this project, behind a proxy that does as the test wants. The proxy has TLS, the room has none. */
class Site implements AsyncDisposable {
  readonly #resources: AsyncDisposableStack;
  readonly #folder: string;
  readonly #room: string;
  readonly #port: number;
  /** What was asked for, without the pages' questions whether the room is there. */
  readonly asked: string[] = [];
  /** What of it scripts asked for, and not the browser. */
  readonly fetched: string[] = [];
  /** Answers in place of the room, where it gives an answer. */
  instead: (path: string) => Response | Promise<Response> | undefined = () => undefined;

  private constructor(resources: AsyncDisposableStack, folder: string, room: string, pair: Pair) {
    this.#resources = resources;
    this.#folder = folder;
    this.#room = room;
    const options = { hostname: "127.0.0.1", port: 0, ...pair, onListen() {} };
    const server = Deno.serve(options, (request) => this.#answer(request));
    resources.defer(() => server.shutdown());
    this.#port = server.addr.port;
  }

  static async open(pair: Pair): Promise<Site> {
    await using resources = new AsyncDisposableStack();
    const { path } = resources.use(await openFolder());
    await run("cp", ["-r", ...PARTS.map((part) => ROOT + part), path]);
    await Deno.symlink(await Deno.realPath(`${ROOT}node_modules`), `${path}/node_modules`);
    await change(path, 1);
    const room = resources.use(await openRoom(["--no-tls"], { program: { ...SOURCES, cwd: path } }));
    return new Site(resources.move(), path, await room.page(), pair);
  }

  /** Changes what shows the edition, and waits until the room serves it. */
  async becomes(edition: number): Promise<void> {
    await change(this.#folder, edition);
    await untilEqual("edition", true, async () => (await (await this.file("/")).text()).includes(lineOf(edition)));
  }

  /** Where the page is. It is below the paths /chat/ and /tea/ as well. */
  get at(): string {
    return `https://${NAME}:${this.#port}/`;
  }

  page(): Promise<string> {
    return Promise.resolve(this.at);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const path = pathname.replace(/^\/(?:chat|tea)\//, "/");
    if (path !== "/health") {
      this.asked.push(pathname + search);
      // What a script asks for, the worker's among them, is for nothing that the browser knows.
      if (request.headers.get("Sec-Fetch-Dest") === "empty") this.fetched.push(path);
    }
    return await this.instead(path) ?? await this.file(path);
  }

  /** What the room serves. @param others Headers in place of its own. */
  async file(path: string, others: Record<string, string> = {}): Promise<Response> {
    const { status, body, headers } = await fetch(new URL(path, this.#room));
    const all = new Headers(
      [...headers, ...Object.entries(others)].filter(([name]) => !/^content-(?:enc|len)/i.test(name)),
    );
    for (const [name, value] of Object.entries(others)) all.set(name, value);
    return new Response(body, { status, headers: all });
  }

  /** The room is away, and the proxy says so. */
  leaves(): void {
    this.instead = () => new Response("the room is away", { status: 502 });
  }

  returns(): void {
    this.instead = () => undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

function lineOf(edition: number): string {
  return `<meta name="edition" content="${edition}">`;
}

/** Has every part of a copy's page say of which edition it is: document, modules, style. */
async function change(folder: string, edition: number): Promise<void> {
  for (const part of MARKED) {
    const text = await Deno.readTextFile(ROOT + part);
    const [, name, kind] = /(\w+)\.(\w+)$/.exec(part)!;
    const changed = kind === "html"
      ? text.replace("</head>", `  ${lineOf(edition)}\n  </head>`)
      : text + (kind === "css"
        ? `:root { --edition: ${edition}; }\n`
        : `Object.assign(globalThis, { ${name}: ${edition} });\n`);
    await Deno.writeTextFile(`${folder}/${part}`, changed);
  }
}

function test(name: string, body: (browser: Browser, site: Site) => Promise<void>): void {
  trustTest(`the worker: ${name}`, async () => {
    const issuer = makeIssuer();
    await using trusting = await openTrusting(issuer.pem);
    await using site = await Site.open(pairOf(issuer, { hosts: [NAME] }));
    const { browser } = trusting;
    await body(browser, site).catch((error) => browser.holds(error));
    browser.holds();
  });
}

/** Opens the page, which is kept then. */
async function visits(browser: Browser, site: Site): Promise<Guest> {
  const guest = await browser.stranger(site);
  await guest.until("kept page", true, () => isWhole(guest));
  return guest;
}

/** The editions of the parts of a page that is open, and whether it is the kept one. */
async function edition({ page }: Guest) {
  await page.getByLabel("Your name").waitFor();
  return await page.evaluate(() => {
    const { title, badge } = globalThis as unknown as { title: number; badge: number };
    const document = Number(globalThis.document.querySelector<HTMLMetaElement>("meta[name=edition]")!.content);
    const style = Number(getComputedStyle(globalThis.document.documentElement).getPropertyValue("--edition"));
    return {
      document,
      title,
      badge,
      style,
      isKept: globalThis.document.documentElement.hasAttribute("data-kept"),
    };
  });
}

/** A page all of whose parts are of one edition. */
const all = (edition: number, isKept: boolean) => ({
  document: edition,
  title: edition,
  badge: edition,
  style: edition,
  isKept,
});

/** A browser says of each answer that is an error that it is one. */
function forgiveAway(guest: Guest): void {
  const others = guest.faults.splice(0).filter((fault) => !/status of (?:404|50\d)|ERR_FAILED/.test(fault));
  guest.faults.push(...others);
}

const caches = ({ page }: Guest) => page.evaluate(async () => (await globalThis.caches.keys()).length);

/** Waits until the browser has kept an edition as a whole, and no other. */
async function keeps(guest: Guest, edition: number): Promise<void> {
  await guest.until("kept edition", [true], () =>
    guest.page.evaluate(async (line) => {
      const names = await globalThis.caches.keys();
      const pages = await Promise.all(names.map((cacheName) => globalThis.caches.match("./", { cacheName })));
      return await Promise.all(pages.map(async (page) => (await page?.text())?.includes(line) ?? false));
    }, lineOf(edition)));
}

/** Has the worker keep the page that is open, and waits until it has tried. It does one after the other. */
async function triesToKeep({ page, context }: Guest): Promise<void> {
  const version = await page.locator("meta[name=version]").getAttribute("content");
  const [worker] = context.serviceWorkers();
  await worker.evaluate(`keeping = keeping.then(() => keep(${JSON.stringify(version)}))`);
}

test(
  "the network first; old and new files are never mixed, and what is kept is of one version",
  async (browser, site) => {
    const bob = await visits(browser, site);
    assertEquals(await edition(bob), all(1, false));
    await site.becomes(2);
    await bob.page.reload();
    assertEquals(await edition(bob), all(2, false), "an edited file is what the next visit gets");
    await keeps(bob, 2);
    site.leaves();
    await bob.page.reload();
    assertEquals(await edition(bob), all(2, true));

    // From here on it is the test that tells the worker when to keep.
    await bob.page.addInitScript(() => ServiceWorker.prototype.postMessage = () => {});
    site.returns();
    await site.becomes(3);
    await bob.page.reload();
    assertEquals(await edition(bob), all(3, false));
    const cdp = await bob.context.newCDPSession(bob.page);
    await cdp.send("Network.clearBrowserCache");
    const document = await (await site.file("/")).text();
    // The files change before they are kept; and so does the document, or it comes from a cache on the way.
    await site.becomes(4);
    await triesToKeep(bob);
    site.instead = (path) =>
      path === "/" ? new Response(document, { headers: { "Content-Type": "text/html" } }) : undefined;
    await triesToKeep(bob);
    site.leaves();
    await bob.page.reload();
    assertEquals(await edition(bob), all(2, true), "the last version that was whole");
    site.returns();
    await bob.page.reload();
    assertEquals(await edition(bob), all(4, false));
    await triesToKeep(bob);
    await keeps(bob, 4);
    site.leaves();
    await bob.page.reload();
    assertEquals(await edition(bob), all(4, true));
    forgiveAway(bob);
  },
);

test("a kept page that is open has its own version for as long as it is open", async (browser, site) => {
  const bob = await visits(browser, site);
  site.leaves();
  await bob.page.reload();
  assertEquals(await edition(bob), all(1, true));
  // So it is not loaded anew.
  await bob.page.getByLabel("Your name").fill("bob");
  site.returns();
  await site.becomes(2);
  const tab = await browser.tab(bob, site.at);
  assertEquals(await edition(tab), all(2, false));
  await tab.until("caches", 2, () => caches(tab));
  await tab.until("kept page", true, () =>
    tab.page.evaluate(async () => {
      const names = await globalThis.caches.keys();
      return await globalThis.caches.match("./", { cacheName: names.at(-1)! }) !== undefined;
    }));
  const loads = (path: string) =>
    bob.page.evaluate(async (path) => {
      const script = document.createElement("link");
      script.rel = path.endsWith(".css") ? "stylesheet" : "modulepreload";
      script.href = path;
      const done = new Promise((resolve) => {
        script.onload = () => resolve("loaded");
        script.onerror = () => resolve("refused");
      });
      document.head.append(script);
      return await done;
    }, path);
  // What it has not kept it does not get: that would be of the new version.
  assertEquals(await loads("./joined/web.picker.js"), "refused");
  site.asked.length = 0;
  assertEquals(await loads("./style.css"), "loaded");
  assertEquals(site.asked, []);
  assertEquals(await edition(bob), all(1, true));
  await bob.page.goto("about:blank");
  await tab.page.reload();
  await tab.until("caches", 1, () => caches(tab));
  forgiveAway(bob);
  forgiveAway(tab);
});

test("a broken worker goes with the next visit", async (browser, site) => {
  const broken = `
    addEventListener("install", () => skipWaiting());
    addEventListener("fetch", (event) => event.respondWith(new Response("I am broken")));
  `;
  const script = { headers: { "Content-Type": "text/javascript", "Cache-Control": "max-age=86400" } };
  site.instead = (path) => path === "/worker.ts" ? new Response(broken, script) : undefined;
  const bob = await browser.stranger(site);
  await bob.page.evaluate(async () => void await navigator.serviceWorker.ready);
  await bob.page.reload();
  assertEquals(await bob.page.innerText("body"), "I am broken");
  site.returns();
  site.asked.length = 0;
  await bob.page.reload();
  // The browser asks for the worker's file when a page is there, and has been for a moment.
  await bob.until("questions for the worker", true, () => Promise.resolve(site.asked.includes("/worker.ts")));
  await bob.until("pages", 1, async () => {
    await bob.page.reload();
    return await bob.page.getByLabel("Your name").count();
  });
  await bob.until("kept page", true, () => isWhole(bob));
  // The broken page has no icon.
  forgiveAway(bob);
});

test("the kept page stands in for a room that is away or hangs, and for no other answer", async (browser, site) => {
  const bob = await visits(browser, site);
  for (const status of [502, 503, 504]) {
    site.instead = () => new Response("away", { status });
    await bob.page.reload();
    assertEquals(await edition(bob), all(1, true), `${status}`);
  }
  for (const status of [404, 500]) {
    site.instead = () => new Response("it says why", { status });
    await bob.page.reload();
    assertEquals(await bob.page.innerText("body"), "it says why");
  }
  // What is no page is not the worker's.
  site.instead = () => new Response("away", { status: 502 });
  await bob.page.goto(`${site.at}trust`);
  assertEquals(await bob.page.innerText("body"), "away");
  let release = () => {};
  const hangs = new Promise<void>((resolve) => release = resolve);
  site.instead = () => hangs.then(() => new Response("late", { status: 502 }));
  await bob.page.goto(site.at);
  assertEquals(await edition(bob), all(1, true));
  release();
  forgiveAway(bob);
});

for (
  const [what, headers] of [
    ["is for one person alone", { "Cache-Control": "private, no-cache" }],
    ["may not be kept", { "Cache-Control": "no-store" }],
    ["depends on a cookie", { "Vary": "Accept-Encoding, Cookie" }],
  ] as const
) {
  test(`nothing is kept of a page of which a file ${what}`, async (browser, site) => {
    for (const file of ["/", "/joined/web.main.js"]) {
      site.instead = (path) => path === file ? site.file(path, headers) : undefined;
      const bob = await browser.stranger(site);
      await bob.page.evaluate(async () => void await navigator.serviceWorker.ready);
      await triesToKeep(bob);
      assertEquals(await isWhole(bob), false, file);
      site.returns();
      await bob.page.reload();
      await bob.until("kept page", true, () => isWhole(bob));
    }
  });
}

test(
  "it costs no request but its own, and the manifest: what is kept comes out of the browser's cache",
  async (browser, site) => {
    const bob = await visits(browser, site);
    // The document is another one to the browser's cache when a person has opened it than when a script asks for it.
    assertEquals(site.fetched.filter((path) => path !== "/"), []);
    const loaded = await bob.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    const others = site.asked.filter((path) => !loaded.includes(new URL(path, site.at).href));
    assertEquals(others.filter((path) => !["/", "/worker.ts", "/manifest.webmanifest"].includes(path)), []);
    site.asked.length = 0;
    await bob.page.reload();
    await bob.page.waitForLoadState("networkidle");
    assert(!site.asked.includes("/joined/web.picker.js"));
    assertEquals(site.asked.filter((path) => path === "/").length, 1);
  },
);

test("two rooms below two paths of a host have each their own kept page", async (browser, site) => {
  const chat = await browser.stranger(site, { at: `${site.at}chat/` });
  await chat.until("kept page", true, () => isWhole(chat));
  await site.becomes(2);
  const tea = await browser.tab(chat, `${site.at}tea/`);
  await tea.until("kept page", true, () => isWhole(tea));
  assertEquals(await caches(tea), 2);
  site.leaves();
  await chat.page.reload();
  await tea.page.reload();
  assertEquals(await edition(chat), all(1, true));
  assertEquals(await edition(tea), all(2, true));
  await tea.page.goto(site.at).catch(() => {});
  assertNotEquals(await tea.page.innerText("body"), "");
  assertEquals(await tea.page.getByLabel("Your name").count(), 0);
  forgiveAway(chat);
  forgiveAway(tea);
});
