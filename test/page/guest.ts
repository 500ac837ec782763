/// <reference lib="dom" />
/**
 * A person at a page of a room, as a test sees it. Elements are found by their roles and labels, as a screen reader finds them.
 * What goes wrong in the page is kept as its faults; the browser in which it is open (browser.ts) has the test fail by them.
 *
 * @module
 */

import axe from "npm:axe-core@4.14.1";
import type { BrowserContext, Locator, Page } from "npm:playwright-core@1.65.1";
import { untilEqual } from "../room.ts";

/** The folder for pictures of the pages; none are taken where it is not set. */
const PICTURES = Deno.env.get("SCREENSHOTS");

/** The contexts in which a test opens a tab just now: any other that opens is a page's doing. */
const opening = new WeakSet<BrowserContext>();

/** The words by which a page is found, in its two languages. */
const WORDS = {
  en: {
    nick: "Your name",
    join: "Join",
    messages: "Messages",
    talks: "Talks",
    online: "Online",
    write: "Write",
    settings: "Settings",
    appearance: "Appearance",
  },
  zh: {
    nick: "您的昵称",
    join: "进入",
    messages: "消息",
    talks: "对话",
    online: "在线",
    write: "写消息",
    settings: "设置",
    appearance: "外观",
  },
} as const;

/** The rules of axe that look at colours. All others look at what a page holds, and at where that is. */
const COLOURS = ["color-contrast", "color-contrast-enhanced", "link-in-text-block"];

/**
 * Runs axe in the page. Where nothing but colours differs from a page that was judged before, as in another theme, only the
 * rules of colours are asked again.
 */
async function judge({ isContrastHigh, colours }: { isContrastHigh: boolean; colours: string[] }) {
  // A theme that the browser asks for is there with the next frame, which a tab behind others does not draw; then what moves
  // or changes its colour has to come to its end.
  const frame = new Promise((resolve) => requestAnimationFrame(resolve));
  await Promise.race([frame, new Promise((resolve) => setTimeout(resolve, 500))]);
  const passing = document.getAnimations().filter(({ effect, playState }) =>
    playState === "running" && effect?.getComputedTiming().endTime !== Infinity
  );
  await Promise.allSettled(passing.map(({ finished }) => finished));
  const own = globalThis as unknown as { axe: typeof axe; judged?: Set<string> };
  const judged = own.judged ??= new Set();
  const places = [...document.querySelectorAll("*")].map((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x, y, width, height, element.checkVisibility({ visibilityProperty: true, opacityProperty: true })].join();
  });
  const root = document.documentElement;
  // The theme stands in an attribute of the root.
  const shape = [root.lang, root.clientWidth, root.innerHTML, ...places].join("\n");
  const enhanced = "color-contrast-enhanced";
  const { violations } = await own.axe.run(document, {
    resultTypes: ["violations"],
    ...(judged.has(shape)
      ? { runOnly: { type: "rule", values: colours.filter((rule) => rule !== enhanced || isContrastHigh) } }
      : { rules: { [enhanced]: { enabled: isContrastHigh } } }),
  });
  judged.add(shape);
  return violations;
}

/** Somebody at a page. */
export class Guest {
  readonly nick: string;
  readonly page: Page;
  readonly context: BrowserContext;
  /** What went wrong in the page. */
  readonly faults: string[] = [];
  readonly #origin: string;

  constructor(nick: string, { origin }: URL, context: BrowserContext, page: Page) {
    this.nick = nick;
    this.context = context;
    this.page = page;
    this.#origin = origin;
    this.#watch();
  }

  /** Opens another tab of this person's browser, in which nothing is loaded yet. @param url What will be loaded there. */
  async opensTab(url: URL): Promise<Guest> {
    const { nick, context } = this;
    opening.add(context);
    const tab = new Guest(nick, url, context, await context.newPage());
    opening.delete(context);
    return tab;
  }

  #watch(): void {
    const { context, page, faults } = this;
    context.on("page", (other) => {
      if (!opening.has(context)) faults.push(`opened ${other.url()}`);
    });
    context.on("weberror", (error) => faults.push(`threw ${error.error().stack}`));
    context.on("request", (request) => {
      if (new URL(request.url()).origin !== this.#origin) faults.push(`asked for ${request.url()}`);
    });
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => void this.sent.push(String(payload)));
      if (new URL(socket.url()).host !== new URL(this.#origin).host) faults.push(`connected to ${socket.url()}`);
    });
    page.on("dialog", (dialog) => {
      if (dialog.type() === "beforeunload") {
        this.isAskedToStay = true;
        return dialog.accept();
      }
      faults.push(`asked "${dialog.message()}"`);
      dialog.dismiss();
    });
    context.on("console", (message) => {
      // A server that is away, or goes while it sends a picture, is no fault of the page. What the policy of the page forbids is told in other words.
      // The last of these words are said of a worker's file.
      // The WebSocket of a test that speaks for the server goes on for a moment when it is gone.
      const isAway =
        /^WebSocket connection to '[^']+' failed|net::ERR_CONNECTION_(?:REFUSED|RESET)$|^WebSocket is already in CLOSING|^An unknown error occurred when fetching the script\.$/
          .test(message.text());
      if (message.type() === "error" && !isAway) faults.push(`complained "${message.text()}"`);
    });
  }

  /** Answers a dialog that asks for secrets. @param answers Each question, and what is written in its field. */
  async answers(...answers: string[]): Promise<void> {
    const dialog = this.page.getByRole("dialog", { name: answers[0], exact: true });
    for (let i = 0; i < answers.length; i += 2) {
      await dialog.getByLabel(answers[i], { exact: true }).fill(answers[i + 1]);
    }
    await dialog.locator("input:not([type=checkbox])").last().press("Enter");
  }

  /** What the page has sent over its WebSockets. */
  readonly sent: string[] = [];
  /** Whether the browser has asked whether the page is to be left. */
  isAskedToStay = false;

  /** The words by which the elements of the page are found. */
  get words(): typeof WORDS["en" | "zh"] {
    return this.#isChinese ? WORDS.zh : WORDS.en;
  }

  #isChinese = false;

  /** Says that the page is in Chinese, or not any more. */
  inChinese(isChinese = true): this {
    this.#isChinese = isChinese;
    return this;
  }

  /** The settings that are open. */
  get settings(): Locator {
    return this.page.getByRole("dialog", { name: this.words.settings, exact: true });
  }

  /** Opens the settings by their button, at one of their sections. */
  async opensSettings(section: string): Promise<Locator> {
    await this.talks.getByRole("button", { name: this.words.settings, exact: true }).click();
    await this.settings.getByRole("tab", { name: section, exact: true }).click();
    return this.settings;
  }

  /** Chooses a value in the settings, or turns something on or off there, and closes them. */
  async sets(section: string, field: "radio" | "switch", name: string): Promise<void> {
    await (await this.opensSettings(section)).getByRole(field, { name, exact: true }).click();
    await this.closesSettings();
  }

  /** Closes the settings by their key. */
  async closesSettings(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await this.settings.waitFor({ state: "detached" });
  }

  /** Chooses the page's language in the settings. */
  async speaks(language: "English" | "中文"): Promise<void> {
    await (await this.opensSettings(this.words.appearance)).getByRole("radio", { name: language, exact: true }).click();
    this.inChinese(language === "中文");
    await this.closesSettings();
  }

  /** Fills in the login, and waits for the room. */
  async joins(nick = this.nick): Promise<void> {
    await this.page.getByLabel(this.words.nick).fill(nick);
    await this.page.getByRole("button", { name: this.words.join, exact: true }).click();
    await this.field.waitFor();
    // The pointer is not over whatever comes to where the button was.
    await this.page.mouse.move(0, 0);
  }

  /** Where one writes. */
  get field(): Locator {
    return this.page.getByRole("form", { name: this.words.write, exact: true }).getByRole("textbox");
  }

  get log(): Locator {
    return this.page.getByRole("log", { name: this.words.messages, exact: true });
  }

  get talks(): Locator {
    return this.page.getByRole("navigation", { name: this.words.talks });
  }

  get people(): Locator {
    return this.page.getByRole("complementary", { name: this.words.online });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The line of the talk that holds a text, once the server has it. */
  line(text: string | RegExp): Locator {
    return this.log.getByRole("listitem").and(this.page.locator(":not(.pending)")).filter({ hasText: text });
  }

  /** The line that holds a text and that the server does not have yet. */
  waiting(text: string | RegExp): Locator {
    return this.log.getByRole("listitem").and(this.page.locator(".pending")).filter({ hasText: text });
  }

  /** Writes a line and sends it: by Enter, or where Enter begins another line, under a finger, by the button. */
  async says(text: string): Promise<void> {
    await this.field.fill(text);
    if (await this.field.getAttribute("enterkeyhint") === "send") await this.field.press("Enter");
    else await this.page.locator("button.send").tap();
  }

  /** Pastes a text where one writes. */
  async pastes(text: string): Promise<void> {
    await this.field.evaluate((field, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Waits until a line of the talk holds a text. */
  async sees(text: string | RegExp): Promise<void> {
    await this.line(text).first().waitFor();
  }

  /** Goes to a talk of the list, and waits until it is shown. */
  async opens(talk: string): Promise<void> {
    await this.talks.getByRole("button", { name: new RegExp(`^${RegExp.escape(talk)}(?: \\d| draft| private|$)`) })
      .click();
    await this.isIn(talk);
  }

  /** Waits until that talk is shown. */
  async isIn(talk: string): Promise<void> {
    await this.page.getByRole("main").getByRole("heading", { level: 1, name: talk, exact: true }).waitFor();
  }

  /** The texts of all lines that are shown, in their order, but for what the server itself tells, and what it does not have yet. */
  async lines(): Promise<string[]> {
    const lines = await this.line("").getByRole("paragraph").evaluateAll((all) =>
      all.map((paragraph) => {
        const { innerText } = paragraph as HTMLElement;
        const edited = paragraph.querySelector<HTMLElement>(".edited");
        return edited === null ? innerText : innerText.slice(0, -edited.innerText.length).trimEnd();
      })
    );
    return lines.filter((line) => !/^The room: |^This room keeps |^聊天室/.test(line));
  }

  /** Waits until the page gives an answer that is equal to this, where each asking is quick. */
  async until<T>(what: string, expected: T, ask: () => Promise<T>): Promise<void> {
    await untilEqual(`${this.nick}'s ${what}`, expected, ask);
  }

  /** Waits until the talk's lines are these. */
  async reads(...lines: string[]): Promise<void> {
    await this.until("lines", lines, () => this.lines());
  }

  /** Waits until the window has this title. */
  async isTitled(title: string): Promise<void> {
    await this.until("title", title, () => this.page.title());
  }

  /** Waits until these are online, in the order of the list, and the count says as many. */
  async hasOnline(...nicks: string[]): Promise<void> {
    await this.until("people", [`${this.words.online} ${nicks.length}`, ...nicks], async () => {
      const [, word, count] =
        /^(?:#\S+ )?(\S+?)(?: in #\S+)?[\s(（]+(\d+)[)）]$/.exec(await this.people.getByRole("heading").innerText()) ??
          [];
      const people = await this.people.getByRole("listitem").evaluateAll((items) =>
        items.map((item) => item.querySelector("bdi")?.innerText ?? "")
      );
      return [`${word} ${count}`, ...people];
    });
  }

  /** The line above the field that says why nothing can be said here. */
  get silence(): Locator {
    return this.page.locator(".silence");
  }

  /** The menu that is open. */
  get menu(): Locator {
    return this.page.getByRole("menu");
  }

  /** Opens the menu of somebody in the list of people. */
  async menuOf(nick: string): Promise<Locator> {
    const entry = this.people.getByRole("listitem").filter({ hasText: nick });
    await entry.hover();
    await entry.getByRole("button", { name: "More", exact: true }).click();
    const menu = this.page.getByRole("menu", { name: `More about ${nick}` });
    await menu.waitFor();
    return menu;
  }

  /** Opens the menu of a message by the buttons that come with the pointer. */
  async menuAt(text: string | RegExp): Promise<Locator> {
    await this.line(text).first().hover();
    await this.line(text).first().getByRole("button", { name: "More", exact: true }).click();
    await this.menu.waitFor();
    return this.menu;
  }

  /** The entries of the menu that is open. */
  async entries(): Promise<string[]> {
    await this.menu.waitFor();
    return await this.menu.locator("[role^=menuitem]").allInnerTexts();
  }

  /** Opens the dialog in which an operator of the channel chooses what is done to somebody, and fills it in. */
  async chooses(nick: string, { period = "10m", why = "" } = {}): Promise<Locator> {
    const menu = await this.menuOf(nick);
    await menu.getByRole("menuitem", { name: "Mute, ban or remove" }).click();
    const dialog = this.page.getByRole("dialog", { name: `Mute, ban or remove ${nick}` });
    await dialog.getByLabel("For how long").selectOption(period);
    await dialog.getByLabel("Why").fill(why);
    return dialog;
  }

  /**
   * What axe finds that makes the page harder to use for some people, of any impact.
   *
   * @param isContrastHigh Whether text has to have a contrast of 7:1 (WCAG 2.2, level AAA), and not of 4.5:1.
   */
  async barriers(isContrastHigh = false): Promise<string[]> {
    // Reading it takes as long as judging a page: once for each document.
    if (!await this.page.evaluate(() => "axe" in globalThis)) await this.page.evaluate(axe.source);
    const violations = await this.page.evaluate(judge, { isContrastHigh, colours: COLOURS });
    return violations.flatMap(({ id, impact, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary}`)
    );
  }

  /** Takes a picture of the page, where pictures are wanted. */
  async picture(name: string): Promise<void> {
    if (PICTURES === undefined) return;
    // Nothing is shown as touched, and what slides in has come.
    await this.page.mouse.move(0, 0);
    await this.page.screenshot({ path: `${PICTURES}/${name}.png`, animations: "disabled" });
  }
}
