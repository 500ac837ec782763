/// <reference lib="dom" />
/**
 * What every browser has to do with the page: one script of steps, carried out in Chromium, Firefox and WebKit with the mouse
 * and the keys. What only one of them does is tested elsewhere.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { isInstalled, openRoom, skipped, until, untilEqual } from "../room.ts";
import { openRelay, type Relay } from "./relay.ts";
import { BROWSERS, type BrowserWindow } from "./windows.ts";

/** An element: a selector, what it is called (its label or its text), and the line of the talk that it is part of. */
interface Thing {
  selector: string;
  name?: string;
  line?: string;
}

/** Runs in the page. Gives the middle of the last such element where it is in sight, not covered, and stands still. */
async function middleOf({ selector, name, line }: Thing): Promise<[x: number, y: number] | null> {
  const textOf = (element: Element) => {
    const copy = element.cloneNode(true) as Element;
    for (const ornament of copy.querySelectorAll("[aria-hidden=true]")) ornament.remove();
    return copy.textContent!.replace(/\s+/g, " ").trim();
  };
  const middle = (): [x: number, y: number] | null => {
    const found = [...document.querySelectorAll(selector)].filter((element) => {
      const isNamed = name === undefined || (element.getAttribute("aria-label") ?? textOf(element)) === name;
      const text = element.closest("li.said")?.querySelector(".text > p")?.textContent.trim();
      return isNamed && (line === undefined || text === line);
    });
    const last = found.at(-1);
    if (last === undefined) return null;
    last.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = last.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const shown = document.elementFromPoint(x, y);
    return width > 0 && shown !== null && last.contains(shown) ? [x, y] : null;
  };
  const before = middle();
  if (before === null) return null;
  // Two frames: what this change of the page sets off is drawn then.
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  const now = middle();
  return now !== null && before.join() === now.join() ? now : null;
}

/** Somebody at a window. */
class Visitor {
  readonly nick: string;
  readonly #window: BrowserWindow;

  constructor(nick: string, window: BrowserWindow) {
    this.nick = nick;
    this.#window = window;
  }

  /** Opens the page and comes in, with the keyboard alone. */
  async comesIn(page: string): Promise<void> {
    await this.#window.open(page);
    await this.#window.ask(() => {
      const thrown: string[] = [];
      Object.assign(globalThis, { thrown });
      addEventListener("error", ({ message }) => thrown.push(message));
      addEventListener("unhandledrejection", ({ reason }) => thrown.push(`${reason}`));
    });
    await this.focuses("nick");
    await this.#window.type(this.nick);
    await this.#window.press("Enter");
    await this.isIn("#lobby");
    await this.focuses("line");
  }

  /** Writes a line where one writes, and sends it. */
  async says(text: string): Promise<void> {
    await this.clicks({ selector: "#line" });
    await this.#window.type(text);
    await this.#window.press("Enter");
  }

  async types(text: string): Promise<void> {
    await this.#window.type(text);
  }

  async presses(key: "Enter" | "Tab" | "Escape"): Promise<void> {
    await this.#window.press(key);
  }

  async clicks(thing: Thing): Promise<void> {
    await this.#window.click(...await this.#place(thing));
  }

  /** Points at a line of the talk, and presses one of the buttons that come there. */
  async acts(line: string, button: string): Promise<void> {
    await this.#window.point(...await this.#place({ selector: "li.said .text > p", line }));
    await this.clicks({ selector: ".actions button", name: button, line });
  }

  /** Waits until an element is there and can be pressed. */
  async sees(thing: Thing): Promise<void> {
    await this.#place(thing);
  }

  /** Waits until a line of the talk has this text. */
  async reads(line: string): Promise<void> {
    await this.sees({ selector: "li.said .text > p", line });
  }

  async isIn(talk: string): Promise<void> {
    await this.#until("talk", talk, () => document.querySelector("main h1 bdi")?.textContent ?? "");
  }

  /** Waits until a field of this name, or of this id, has the focus. */
  async focuses(name: string): Promise<void> {
    await this.#until("focus", name, () => {
      const focused = document.activeElement as HTMLInputElement | null;
      return focused?.name || focused?.id || "";
    });
  }

  /** Waits until where one writes holds this text. */
  async hasDraft(text: string): Promise<void> {
    await this.#until("draft", text, () => document.querySelector<HTMLTextAreaElement>("#line")?.value ?? "");
  }

  /** Waits until the page says something, wherever it says it. */
  async isTold(text: string): Promise<void> {
    await untilEqual(
      `whether ${this.nick} is told "${text}"`,
      true,
      () => this.#window.ask((text) => document.body.innerText.includes(text), text),
    );
  }

  /** The texts of what people said in the talk that is shown, as far as it is in sight or near. */
  lines(): Promise<string[]> {
    return this.#window.ask(() =>
      [...document.querySelectorAll("li.said .text > p:last-of-type")].map(({ textContent }) => textContent!.trim())
    );
  }

  /** Throws where something went wrong in the page. */
  async holds(): Promise<void> {
    const thrown = await this.#window.ask(() => (globalThis as unknown as { thrown: string[] }).thrown);
    assertEquals(thrown, [], `what ${this.nick}'s page threw`);
  }

  async #until<T>(what: string, expected: T, look: () => T): Promise<void> {
    await untilEqual(`${this.nick}'s ${what}`, expected, () => this.#window.ask(look));
  }

  /** Where an element is, once it stands still. */
  async #place(thing: Thing): Promise<[x: number, y: number]> {
    return await until(
      `${JSON.stringify(thing)} at ${this.nick}'s window`,
      async () => await this.#window.ask(middleOf, thing) ?? undefined,
    );
  }
}

/** The steps: alice and bob, each at a window; bob comes by a way that can be cut. */
async function steps(alice: Visitor, bob: Visitor, page: string, way: Relay): Promise<void> {
  await alice.comesIn(page);
  await bob.comesIn(way.page);
  await alice.sees({ selector: "tea-people button", name: "bob" });

  // A talk.
  await alice.says("hello, bob");
  await bob.reads("hello, bob");
  await bob.says("hello; is there Tea?");
  await alice.reads("hello; is there Tea?");

  // A reply, and a reaction to it.
  await alice.acts("hello; is there Tea?", "Reply");
  await alice.isTold("Replying to bob");
  await alice.types("there is");
  await alice.presses("Enter");
  await bob.reads("there is");
  await bob.sees({ selector: "blockquote button", name: "bob hello; is there Tea?", line: "there is" });
  await bob.acts("there is", "React");
  await bob.clicks({ selector: "[role=dialog] input[type=search]" });
  await bob.types("thumbs up");
  await bob.clicks({ selector: "[role=dialog] .emojis button", name: "thumbs up" });
  await alice.clicks({ selector: ".reactions button", name: "👍 1 bob", line: "there is" });
  await bob.sees({ selector: ".reactions button", name: "👍 2 bob, alice", line: "there is" });

  // Emoji: by its code, by a suggestion, and from all of them.
  await bob.clicks({ selector: "#line" });
  await bob.types("a cup :tea: and :drag");
  await bob.sees({ selector: "[role=option][aria-selected=true]" });
  await bob.presses("Tab");
  await bob.hasDraft("a cup :tea: and :dragon:");
  await bob.clicks({ selector: ".write button", name: "Emoji" });
  await bob.clicks({ selector: "[role=dialog] .emojis button", name: "grinning face" });
  await bob.hasDraft("a cup :tea: and :dragon:😀 ");
  await bob.presses("Enter");
  await alice.reads("a cup 🍵 and 🐉😀");

  // A private talk, and back.
  await alice.clicks({ selector: "tea-people button", name: "bob" });
  await alice.isIn("bob");
  await alice.says("between us");
  await bob.clicks({ selector: "tea-talks .talk bdi", name: "alice" });
  await bob.isIn("alice");
  await bob.reads("between us");
  await bob.says("of course");
  await alice.reads("of course");
  for (const person of [alice, bob]) {
    await person.clicks({ selector: "tea-talks .talk bdi", name: "#lobby" });
    await person.isIn("#lobby");
    assertEquals((await person.lines()).includes("between us"), false);
  }

  // A search, and to what it finds.
  await alice.clicks({ selector: "header button", name: "Search" });
  await alice.focuses("text");
  await alice.types("Tea");
  await alice.presses("Enter");
  await alice.clicks({ selector: ".hit" });
  await alice.sees({ selector: "li.sought .text > p", line: "hello; is there Tea?" });

  // The connection is cut, and comes back: what was said meanwhile is there once, and in its order.
  way.cut();
  await bob.isTold("Reconnecting; your text is kept");
  await alice.says("are you there?");
  await alice.reads("are you there?");
  await bob.clicks({ selector: "#line" });
  await bob.types("I am back");
  way.mend();
  await bob.reads("are you there?");
  await bob.hasDraft("I am back");
  await bob.presses("Enter");
  await alice.reads("I am back");
  await bob.reads("I am back");
  for (const person of [alice, bob]) {
    assertEquals((await person.lines()).slice(-3), ["a cup 🍵 and 🐉😀", "are you there?", "I am back"]);
    await person.holds();
  }
}

for (const { name, programs, launch } of BROWSERS) {
  const missing: string[] = [];
  for (const program of programs) if (!await isInstalled(program)) missing.push(program);
  Deno.test({
    name: `${name}: two people come in, talk, reply, react, search, are alone, and come back${skipped(missing)}`,
    ignore: missing.length > 0,
    async fn() {
      await using room = await openRoom(["--flood-limit", "0"]);
      const page = await room.page();
      await using way = await openRelay(page);
      await using browser = await launch();
      await using alice = await browser.window();
      await using bob = await browser.window();
      await steps(new Visitor("alice", alice), new Visitor("bob", bob), page, way);
    },
  });
}
