/**
 * What SIGHUP means: that the terminal is gone at which the server was started; else that whoever runs it wants its settings to
 * be read again, as with other daemons.
 *
 * @module
 */

/** How often to look whether the terminal is there, in milliseconds. */
const LOOK_EVERY = 5_000;

/**
 * A terminal that was seen to be gone so many milliseconds ago, without SIGHUP, has not ended the server: it was to outlive its
 * terminal (`disown`), and SIGHUP comes from somebody else.
 */
const OUTLIVED = 10_000;

/** When to look again after SIGHUP, in milliseconds: some terminals send it, and are gone a moment later. */
const LOOK_AGAIN = [50, 200, 1_000];

/** What `Hangups` call, and what they take from outside. */
export interface HangupOptions {
  /** The settings are to be read again. */
  onReload: () => void;
  /** The terminal is gone, and with it whoever has started the server there. It may be called more than once. */
  onGone: () => void;
  /** Whether the program is to outlive its terminal; see `isHangupIgnored`. */
  isIgnored: boolean;
  /** Whether the program has a terminal; asks the system when left out. */
  hasTerminal?: () => boolean;
  /** The time in milliseconds, by a clock that is never set; `performance.now` when left out. */
  now?: () => number;
}

/** Catches SIGHUP. @returns Stops that. */
export function onHangup(options: HangupOptions): Disposable {
  // There it says that the console is closed, and nothing else.
  if (Deno.build.os === "windows") return listen(options.onGone);
  const hangups = new Hangups(options);
  const looking = setInterval(() => hangups.look(), LOOK_EVERY);
  Deno.unrefTimer(looking);
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const listener = () => {
    hangups.signalled();
    for (const pause of LOOK_AGAIN) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        hangups.lookAgain();
      }, pause);
      timers.add(timer);
    }
  };
  const listening = listen(listener);
  return {
    [Symbol.dispose]() {
      listening[Symbol.dispose]();
      clearInterval(looking);
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function listen(handle: () => void): Disposable {
  Deno.addSignalListener("SIGHUP", handle);
  return { [Symbol.dispose]: () => Deno.removeSignalListener("SIGHUP", handle) };
}

/** Decides what SIGHUP means. */
export class Hangups {
  readonly #options: HangupOptions;
  readonly #hasTerminal: () => boolean;
  readonly #now: () => number;
  /** Whether the program ends with its terminal: where it has begun with one. */
  readonly #mayEnd: boolean;
  /** When the terminal was first seen to be gone. */
  #goneAt: number | undefined;

  constructor(options: HangupOptions) {
    this.#options = options;
    this.#hasTerminal = options.hasTerminal ?? hasControllingTerminal;
    this.#now = options.now ?? (() => performance.now());
    this.#mayEnd = !options.isIgnored && this.#hasTerminal();
  }

  /** SIGHUP has come. */
  signalled(): void {
    if (this.#isGone()) this.#options.onGone();
    else this.#options.onReload();
  }

  /** Looks whether the terminal is gone, soon after SIGHUP. */
  lookAgain(): void {
    if (this.#isGone()) this.#options.onGone();
  }

  /** Looks whether the terminal is there. To be called every few seconds. */
  look(): void {
    if (this.#mayEnd) this.#goneAt = this.#hasTerminal() ? undefined : this.#goneAt ?? this.#now();
  }

  /** Whether the program has lost its terminal, and not outlived it. */
  #isGone(): boolean {
    if (!this.#mayEnd || this.#hasTerminal()) return false;
    return this.#goneAt === undefined || this.#now() - this.#goneAt < OUTLIVED;
  }
}

/** Whether the program has a controlling terminal (tty(4)); false where it may not ask. */
function hasControllingTerminal(): boolean {
  if (!mayRead("/dev/tty")) return false;
  try {
    Deno.openSync("/dev/tty").close();
    return true;
  } catch {
    return false;
  }
}

/** Whether the program may read a file; whoever runs it is not asked. */
function mayRead(path: string): boolean {
  return Deno.permissions.querySync({ name: "read", path }).state === "granted";
}

/**
 * Whether SIGHUP is ignored (`nohup`). To be asked before any signal is listened to: the runtime then catches all of them. Where
 * the system does not say it, `nohup` is known by the output that it takes.
 */
export function isHangupIgnored(): boolean {
  const status = "/proc/self/status";
  try {
    // proc(5): a mask in which the lowest bit is signal 1, SIGHUP.
    const [, mask] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(mayRead(status) ? Deno.readTextFileSync(status) : "") ?? [];
    if (mask !== undefined) return (parseInt(mask.at(-1)!, 16) & 1) !== 0;
  } catch {
    // As where there is no such file.
  }
  return !Deno.stdout.isTerminal();
}
