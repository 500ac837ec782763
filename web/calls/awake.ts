/// <reference lib="dom" />
/**
 * Keeps the screen of a phone from going dark while a call goes on, where the browser can: it would end what is heard.
 *
 * @module
 */

/** What it needs of the browser; a test gives its own. */
export interface Screen {
  readonly wakeLock?: Pick<WakeLock, "request">;
  readonly document: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;
}

/** One call's wish. */
export class Awake {
  readonly #screen: Screen;
  #lock: WakeLockSentinel | undefined;
  #isAsking = false;
  #isOver = false;
  readonly #keep = () => void this.keep();

  constructor(screen: Screen = { wakeLock: navigator.wakeLock, document }) {
    this.#screen = screen;
    // The browser takes the lock away with the page that is no longer looked at.
    screen.document.addEventListener("visibilitychange", this.#keep);
  }

  /** Keeps the screen on from now on, or again. A browser that refuses, as on an empty battery, is no fault. */
  async keep(): Promise<void> {
    const { wakeLock, document } = this.#screen;
    const isKept = this.#lock?.released === false;
    if (this.#isOver || this.#isAsking || isKept || document.visibilityState !== "visible") return;
    this.#isAsking = true;
    this.#lock = await wakeLock?.request("screen").catch(() => undefined);
    this.#isAsking = false;
    if (this.#isOver) this.end();
  }

  end(): void {
    this.#isOver = true;
    this.#screen.document.removeEventListener("visibilitychange", this.#keep);
    void this.#lock?.release();
    this.#lock = undefined;
  }
}
