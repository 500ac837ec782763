/**
 * A browser behind a WebDriver (W3C, "WebDriver", level 1), on a screen of its own that nobody sees. It is used for WebKit,
 * which neither Playwright nor Puppeteer drives as distributions have it. A test needs six of the protocol's commands, each of
 * them one request: the packages that speak the protocol bring dozens of others, or find and download browsers.
 *
 * @module
 */

import { TextLineStream } from "@std/streams/text-line-stream";
import { freePort, PATIENCE, until } from "../room.ts";
import type { BrowserWindow, Key } from "./windows.ts";

/** What keys are called there (section 17.4.2, "Keyboard actions"). */
const KEYS: Record<Key, string> = { Tab: "\ue004", Enter: "\ue007", Escape: "\ue00c" };

/** The size of the screen, in pixels. */
const SCREEN = "1200x900x24";

/** A program that runs until it is stopped. */
class Running implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill();
    } catch {
      // It has ended already.
    }
    await this.#process.status;
  }
}

/** Opens a screen, and gives its name. */
async function openScreen(resources: AsyncDisposableStack): Promise<string> {
  const args = ["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp"];
  const process = new Deno.Command("Xvfb", { args, stdin: "null", stdout: "piped", stderr: "null" }).spawn();
  resources.use(new Running(process));
  const lines = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough<string>(new TextLineStream());
  // Its number is all that it prints. The stream ends here, so that nothing of it is left when the test is over.
  for await (const number of lines) return `:${number}`;
  throw new Error("Cannot open a screen: Xvfb has ended");
}

/** A window of such a browser. Each has a browser of its own, since a driver has one at a time, and a screen, which gives focus to one. */
export class DriverWindow implements BrowserWindow {
  readonly #session: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(session: string, resources: AsyncDisposableStack) {
    this.#session = session;
    this.#resources = resources;
  }

  /** Starts a browser. @param program The driver, which starts the browser that belongs to it. */
  static async launch(program: string): Promise<DriverWindow> {
    const resources = new AsyncDisposableStack();
    try {
      const screen = await openScreen(resources);
      const port = freePort();
      const driver = new Deno.Command(program, {
        args: [`--port=${port}`, "--host=127.0.0.1"],
        env: { DISPLAY: screen, LIBGL_ALWAYS_SOFTWARE: "1" },
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      resources.use(new Running(driver));
      const origin = `http://127.0.0.1:${port}`;
      await until(`${program} to listen`, () => ask("GET", `${origin}/status`).then(() => true, () => undefined));
      const { sessionId } = await ask<{ sessionId: string }>("POST", `${origin}/session`, { capabilities: {} });
      const session = `${origin}/session/${sessionId}`;
      // Where it doesn't answer, the driver goes, and the browser with it.
      resources.defer(() => ask("DELETE", session).then(() => {}, () => {}));
      return new DriverWindow(session, resources);
    } catch (error) {
      await resources.disposeAsync();
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await this.#post("/url", { url });
  }

  async ask<A extends unknown[], T>(look: (...given: A) => T, ...given: A): Promise<T> {
    return await this.#post<T>("/execute/sync", { script: `return (${look})(...arguments)`, args: given });
  }

  async point(x: number, y: number): Promise<void> {
    await this.#mouse({ type: "pointerMove", x: Math.round(x), y: Math.round(y) });
  }

  async click(x: number, y: number): Promise<void> {
    await this.point(x, y);
    await this.#mouse({ type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 });
  }

  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    await this.#post("/actions", { actions: [{ type: "key", id: "keys", actions }] });
  }

  async press(key: Key): Promise<void> {
    await this.type(KEYS[key]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  async #mouse(...actions: { type: string; [name: string]: unknown }[]): Promise<void> {
    const parameters = { pointerType: "mouse" };
    await this.#post("/actions", { actions: [{ type: "pointer", id: "mouse", parameters, actions }] });
  }

  #post<T>(path: string, body: unknown): Promise<T> {
    return ask("POST", this.#session + path, body);
  }
}

/** Has the driver carry out a command. @throws {Error} What it could not do, and why. */
async function ask<T>(method: string, url: string, body?: unknown): Promise<T> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`Cannot ${method} ${new URL(url).pathname}: ${value.error}: ${value.message}`);
  return value;
}
