/**
 * Three browsers, as far as one test of all of them needs them: a window, what is asked of its page, a mouse and keys. Where
 * something is and what it says is asked by one function in the page, so that all browsers are tested in the same way.
 *
 * @module
 */

import { chromium } from "npm:playwright-core@1.65.1";
import puppeteer, { type Browser as Firefox } from "npm:puppeteer-core@25.16.0";
import { pathOf } from "./browser.ts";
import { DriverWindow } from "./webdriver.ts";

/** Keys that write nothing. */
export type Key = "Enter" | "Tab" | "Escape";

/** A window of somebody who is unknown to the room: with a storage of its own, and in sight. */
export interface BrowserWindow extends AsyncDisposable {
  /** Opens an address, and waits until the page is loaded. */
  open(url: string): Promise<void>;
  /** Calls a function in the page. What it is given and gives is JSON; it sees nothing of the test. */
  ask<A extends unknown[], T>(look: (...given: A) => T, ...given: A): Promise<T>;
  /** Moves the mouse to a point of the page, in pixels of CSS. */
  point(x: number, y: number): Promise<void>;
  /** Presses there. */
  click(x: number, y: number): Promise<void>;
  /** Writes with the keys. */
  type(text: string): Promise<void>;
  press(key: Key): Promise<void>;
}

/** A browser that runs. */
export interface AnyBrowser extends AsyncDisposable {
  window(): Promise<BrowserWindow>;
}

/** How a browser is started. */
export interface BrowserKind {
  name: string;
  /** The programs that it takes. */
  programs: string[];
  launch(): Promise<AnyBrowser>;
}

const VIEWPORT = { width: 1000, height: 700 };

/** What Playwright and Puppeteer have in common, and its two names for what differs. */
interface PageLike {
  evaluate(look: string): Promise<unknown>;
  goto(url: string): Promise<unknown>;
  readonly mouse: { move(x: number, y: number): Promise<void>; click(x: number, y: number): Promise<void> };
  readonly keyboard: { type(text: string): Promise<void>; press(key: Key): Promise<void> };
}

/** A window of a browser that a package drives. */
class PackageWindow implements BrowserWindow {
  readonly #page: PageLike;
  readonly #context: { close(): Promise<void> };

  constructor(page: PageLike, context: { close(): Promise<void> }) {
    this.#page = page;
    this.#context = context;
  }

  async open(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  async ask<A extends unknown[], T>(look: (...given: A) => T, ...given: A): Promise<T> {
    return await this.#page.evaluate(`(${look})(...${JSON.stringify(given)})`) as T;
  }

  async point(x: number, y: number): Promise<void> {
    await this.#page.mouse.move(x, y);
  }

  async click(x: number, y: number): Promise<void> {
    await this.#page.mouse.click(x, y);
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }

  async press(key: Key): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
  }
}

async function launchChromium(): Promise<AnyBrowser> {
  const browser = await chromium.launch({ executablePath: await pathOf("chromium"), chromiumSandbox: false });
  return {
    async window() {
      const context = await browser.newContext({ locale: "en-GB", viewport: VIEWPORT });
      return new PackageWindow(await context.newPage(), context);
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Starts the Firefox that is installed. @param preferences What it is to have besides, as in about:config. */
export async function startFirefox(preferences: Record<string, unknown> = {}): Promise<Firefox> {
  return await puppeteer.launch({
    browser: "firefox",
    executablePath: await pathOf("firefox-esr"),
    extraPrefsFirefox: {
      // Tests read what is copied; a page may not without a question.
      "dom.events.testing.asyncClipboard": true,
      // Without a screen it has no mouse either, unless it is said: a fine pointer that hovers.
      "ui.primaryPointerCapabilities": 6,
      "ui.allPointerCapabilities": 6,
      ...preferences,
    },
  });
}

async function launchFirefox(): Promise<AnyBrowser> {
  const browser = await startFirefox();
  return {
    async window() {
      const context = await browser.createBrowserContext();
      // A tab that is not in front draws nothing; each person has a window, which is always in front.
      const page = await context.newPage({ type: "window" });
      await page.setViewport(VIEWPORT);
      return new PackageWindow(page, context);
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** The driver starts the MiniBrowser that is installed beside it, and forgets at its end all that the pages have kept. */
function launchWebKit(): Promise<AnyBrowser> {
  return Promise.resolve({
    window: () => DriverWindow.launch("WebKitWebDriver"),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

export const BROWSERS: BrowserKind[] = [
  { name: "Chromium", programs: ["chromium"], launch: launchChromium },
  { name: "Firefox", programs: ["firefox-esr"], launch: launchFirefox },
  { name: "WebKit", programs: ["WebKitWebDriver", "Xvfb"], launch: launchWebKit },
];
