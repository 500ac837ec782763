/**
 * Runs client.ts at a terminal that `script` makes: a test types keys, and reads what is written to the screen.
 *
 * @module
 */

import { AssertionError } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { isInstalled, PATIENCE } from "./room.ts";

const ROOT = new URL("..", import.meta.url);

const PROGRAM = ["run", "-A", "--no-check", "client.ts"];

/** The arguments with which Deno runs the client, as somebody new: a test leaves no file with the person who runs it. */
export const CLIENT = [...PROGRAM, "--no-device"];

export const hasScript = await isInstalled("script");

/** How a terminal is opened. */
interface TerminalOptions {
  /** The folder where the client keeps what is its own, so that it is known the next time. */
  state?: string;
  /** What its environment says besides. */
  env?: Record<string, string>;
}

/** The client at such a terminal. Once it has ended, the terminal shows its exit code and its own modes. */
export class Terminal implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #done: Promise<void>;
  #output = "";
  #wake: (() => void) | undefined;

  constructor(...args: string[]);
  constructor(options: TerminalOptions, ...args: string[]);
  constructor(first: string | TerminalOptions, ...rest: string[]) {
    const [{ state, env = {} }, args] = typeof first === "string" ? [{}, [first, ...rest]] : [first, rest];
    const program = state === undefined ? CLIENT : PROGRAM;
    const client = [Deno.execPath(), ...program, ...args].map((word) => `'${word}'`).join(" ");
    this.#child = new Deno.Command("script", {
      args: [
        "-qec",
        `stty cols 80 rows 24; sh -c 'echo "pid $$"; exec "$@"' - ${client}; echo "code $?"; stty -a`,
        "/dev/null",
      ],
      cwd: ROOT,
      env: {
        SHELL: "/bin/sh",
        TERM: "xterm",
        NO_COLOR: "",
        // In English, whoever runs the test.
        LC_ALL: "C.UTF-8",
        ...state === undefined ? {} : { XDG_STATE_HOME: state },
        ...env,
      },
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#done = this.#read();
  }

  async #read(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#output += text;
      this.#wake?.();
    }
  }

  /**
   * Waits until a text was written to the screen.
   *
   * @param after A text behind which it must stand.
   * @param times How often that one must stand before it.
   */
  async shows(text: string, after = "", times = 1): Promise<void> {
    const behind = () => after === "" ? this.#output : this.#output.split(after).slice(times).join(after);
    const show = async () => {
      while (!behind().includes(text)) await new Promise<void>((resolve) => this.#wake = resolve);
    };
    await deadline(show(), PATIENCE).catch(() => {
      throw new AssertionError(`Waited in vain for "${text}" on a terminal. It was given:\n${this.#output}`);
    });
  }

  async types(keys: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(keys));
  }

  kill(signal: Deno.Signal): void {
    Deno.kill(Number(/pid (\d+)/.exec(this.#output)![1]), signal);
  }

  /** Waits for the end. @returns All that was written to the screen. */
  async ended(): Promise<string> {
    await deadline(Promise.all([this.#done, this.#child.status]), PATIENCE).catch(() => {
      this.#child.kill("SIGKILL");
      throw new AssertionError(`The terminal did not end. It was given:\n${this.#output.slice(-2_000)}`);
    });
    await this.#writer.abort().catch(() => {});
    return this.#output;
  }

  /** Ends it as Ctrl-C does, where it has not ended yet. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.types("\x15\x03").catch(() => {});
    await this.ended();
  }
}
