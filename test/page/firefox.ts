/// <reference lib="dom" />
/**
 * Firefox for the tests of the page, over WebDriver BiDi, and people at pages of a room. Text, focus and scrolling are tested
 * here, too, since browsers differ in them; everything else is tested in Chromium alone (browser.ts).
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import type { Browser, BrowserContext, Page } from "npm:puppeteer-core@25.16.0";
import { isInstalled, type Room, skipped, untilEqual } from "../room.ts";
import { startFirefox } from "./windows.ts";

const PROGRAM = "firefox-esr";

/** The programs that are missing for these tests. */
const MISSING = await isInstalled(PROGRAM) ? [] : [PROGRAM];

/** The browser of a file of tests: starting it takes as long as a short test. */
let shared: Browser | undefined;

if (MISSING.length === 0) {
  Deno.test.beforeAll(async () => void (shared = await startFirefox()));
  Deno.test.afterAll(() => shared?.close());
}

/**
 * A test of the page in Firefox; skipped where there is none. The browser is shared by the tests of a file, but nobody's storage
 * or window is: each person has a context of their own, which ends with the test.
 */
export function firefoxTest(name: string, body: (firefox: Firefox) => Promise<void>): void {
  Deno.test({
    name: `firefox: ${name}${skipped(MISSING)}`,
    ignore: MISSING.length > 0,
    async fn() {
      await using firefox = new Firefox(shared!);
      await body(firefox);
      firefox.holds();
    },
  });
}

/** A browser as a test sees it. */
export class Firefox implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #contexts: BrowserContext[] = [];
  readonly #faults: string[] = [];

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  /** Opens the page of a room for somebody, who comes in with the keyboard alone. */
  async guest(room: Room, nick: string, viewport = { width: 1000, height: 700 }): Promise<Guest> {
    const context = await this.#browser.createBrowserContext();
    this.#contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => this.#faults.push(`${nick}'s page threw ${error}`));
    await page.bringToFront();
    await page.setViewport(viewport);
    await page.goto(await room.page());
    await page.waitForSelector(".login input");
    await page.keyboard.type(nick);
    await page.keyboard.press("Enter");
    // Until then there is another field, with another history of what can be undone.
    await page.waitForSelector("main h1.channel");
    return new Guest(nick, page);
  }

  /** Throws where something went wrong in a page. */
  holds(): void {
    if (this.#faults.length > 0) throw new AssertionError(this.#faults.join("\n"));
  }

  /** Closes the windows of all its people. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#contexts.map((context) => context.close()));
  }
}

/** Somebody at a page. */
export class Guest {
  readonly nick: string;
  readonly page: Page;

  constructor(nick: string, page: Page) {
    this.nick = nick;
    this.page = page;
  }

  /** The text in the field. */
  get draft(): Promise<string> {
    return this.page.$eval("#line", (field) => (field as HTMLTextAreaElement).value);
  }

  /** The label of the element that has the focus. */
  get focused(): Promise<string> {
    return this.page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
  }

  /** Writes a line and sends it. */
  async says(text: string): Promise<void> {
    await this.page.focus("#line");
    await this.page.keyboard.type(text);
    await this.page.keyboard.press("Enter");
  }

  /** Waits until the talk holds a text. */
  async sees(text: string): Promise<void> {
    await this.until(`talk to hold ${text}`, true, () => this.#log.then((shown) => shown.includes(text)));
  }

  get #log(): Promise<string> {
    return this.page.$eval(".rows", (rows) => rows.textContent ?? "");
  }

  /** Waits until the page gives an answer that is equal to this, where each asking is quick. */
  async until<T>(what: string, expected: T, ask: () => Promise<T>): Promise<void> {
    await untilEqual(`${this.nick}'s ${what}`, expected, ask);
  }

  /** Presses a key while another is held. */
  async press(held: "Control" | "Shift", key: "a" | "c" | "z" | "Tab"): Promise<void> {
    await this.page.keyboard.down(held);
    await this.page.keyboard.press(key);
    await this.page.keyboard.up(held);
  }

  /** The text that was copied last. */
  get clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}
