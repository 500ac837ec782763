/// <reference lib="dom" />
/**
 * Chromium for the tests of the page: it brings people to pages of a room (guest.ts). A test fails at its end where a page has
 * run a script of others, loaded something from elsewhere, or thrown.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import {
  type Browser as Chromium,
  type BrowserContextOptions,
  chromium,
  type LaunchOptions,
} from "npm:playwright-core@1.65.1";
import { isInstalled, PATIENCE, type Room, skipped } from "../room.ts";
import { Guest } from "./guest.ts";

/** The whole Chromium, which alone has what a person is asked for, and what is for the system: permissions, installed pages. */
export const WHOLE = "chromium";

/**
 * Chromium without windows, which takes half of the computing time; where that is not installed, the whole one. The whole one is
 * what windows.ts tests.
 */
const PROGRAM = await isInstalled("chromium-headless-shell") ? "chromium-headless-shell" : WHOLE;

/** The programs that are missing for tests with Chromium. */
export const MISSING = await isInstalled(PROGRAM) ? [] : [PROGRAM];

/** The browser of a file of tests: starting it takes as long as a short test. */
let shared: Chromium | undefined;

/** Has the browser start before the file's first test and end after its last one. */
function shareBrowser(): void {
  if (isShared) return;
  isShared = true;
  Deno.test.beforeAll(async () => void (shared = await launch()));
  Deno.test.afterAll(() => shared?.close());
}
let isShared = false;

/**
 * A test of the page; skipped where there is no Chromium. The browser is shared by the tests of a file, but nobody's storage or
 * window is: each person has a context of their own, which ends with the test.
 *
 * @param others Other programs that the test needs and that are not installed.
 */
export function pageTest(name: string, body: (browser: Browser) => Promise<void>, others: string[] = []): void {
  const missing = [...MISSING, ...others];
  if (MISSING.length === 0) shareBrowser();
  Deno.test({
    name: `page: ${name}${skipped(missing)}`,
    ignore: missing.length > 0,
    async fn() {
      await using browser = new Browser(shared!);
      // One error that tells of both: what a test saw is often only the trace of what went wrong in a page.
      await body(browser).catch((error) => browser.holds(error));
      browser.holds();
    },
  });
}

/** How a person comes to the page. */
export interface GuestOptions extends BrowserContextOptions {
  nick?: string;
  channel?: string;
  /** The page's address, where it is not the room's own. */
  at?: string;
  /** A script that runs in each document before its own ones. */
  script?: string;
}

/** A browser as a test sees it. Each person has a context of their own: another storage, another window. */
export class Browser implements AsyncDisposable {
  /** How long is waited for something in a page, in milliseconds. */
  patience = PATIENCE;
  readonly #chromium: Chromium;
  readonly #guests: Guest[] = [];

  constructor(chromium: Chromium) {
    this.#chromium = chromium;
  }

  /** Opens the page of a room for somebody, who does not come in yet. */
  async stranger(
    room: Pick<Room, "page">,
    { nick = "someone", channel, at, script, ...options }: GuestOptions = {},
  ): Promise<Guest> {
    const url = new URL(at ?? await room.page());
    if (channel !== undefined) url.hash = channel;
    const context = await this.#chromium.newContext({
      locale: "en-GB",
      viewport: { width: 1100, height: 700 },
      ...options,
    });
    context.setDefaultTimeout(this.patience);
    if (script !== undefined) await context.addInitScript(script);
    const guest = new Guest(nick, url, context, await context.newPage());
    this.#guests.push(guest);
    await guest.page.goto(url.href);
    return guest;
  }

  /** Opens the page of a room for somebody, who comes in and joins a channel. */
  async guest(room: Room, nick: string, options: GuestOptions = {}): Promise<Guest> {
    const guest = await this.stranger(room, { nick, ...options });
    await guest.joins();
    await guest.page.locator("main h1:is(.channel, .private)").waitFor();
    return guest;
  }

  /** Opens another tab of somebody's browser, with the page as it would be opened anew, or at another address. */
  async tab(guest: Guest, url = guest.page.url()): Promise<Guest> {
    const tab = await guest.opensTab(new URL(url));
    this.#guests.push(tab);
    await tab.page.goto(url);
    return tab;
  }

  /** Throws where something went wrong in a page. @param error The error of the test itself, if there is one. */
  holds(error?: unknown): void {
    const faults = this.#guests.flatMap(({ nick, faults }) => faults.map((fault) => `${nick}'s page ${fault}`));
    if (faults.length > 0) throw new AssertionError(faults.join("\n"), { cause: error });
    if (error !== undefined) throw error;
  }

  /** Closes the windows of all its people. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#guests.map(({ context }) => context.close()));
  }
}

async function launch(options: LaunchOptions = {}): Promise<Chromium> {
  // Its sandbox needs rights that containers rarely have; all that it loads is the room's own page.
  return await chromium.launch({ executablePath: await pathOf(PROGRAM), chromiumSandbox: false, ...options });
}

/** Opens a Chromium of one's own: `await using browser = await openBrowser()`. */
export async function openBrowser(options: LaunchOptions = {}): Promise<Browser> {
  return new OwnBrowser(await launch(options));
}

/** A browser that ends with its people. */
class OwnBrowser extends Browser {
  readonly #own: Chromium;

  constructor(chromium: Chromium) {
    super(chromium);
    this.#own = chromium;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.#own.close();
  }
}

/** The path of a program. */
export async function pathOf(program: string): Promise<string> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", 'command -v "$1"', "sh", program] }).output();
  return new TextDecoder().decode(stdout).trim();
}
