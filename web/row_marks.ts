/// <reference lib="dom" />
/**
 * At which row of a talk the pointer and the focus are.
 *
 * @module
 */

/** The marks of one list of rows. */
export class RowMarks {
  readonly #elements: ReadonlyMap<unknown, HTMLElement>;
  readonly #changed: () => void;
  /** The keys of the rows. */
  readonly #at: Record<"pointer" | "focus", unknown> = { pointer: undefined, focus: undefined };
  /** Whether a finger was the last that touched the page. */
  #isTouched = false;

  /**
   * @param elements What is drawn of the rows, by their keys.
   * @param changed Called when a mark is at another row.
   */
  constructor(elements: ReadonlyMap<unknown, HTMLElement>, changed: () => void) {
    this.#elements = elements;
    this.#changed = changed;
  }

  /** Whether the pointer or the focus is at a row. */
  has(key: unknown): boolean {
    return key === this.#at.pointer || key === this.#at.focus;
  }

  /** The key of the row that an element is part of. */
  keyAt(target: EventTarget | null): unknown {
    const row = target instanceof Element ? target.closest(".rows > li") : null;
    return row === null ? undefined : [...this.#elements].find(([, element]) => element === row)?.[0];
  }

  /** Follows the pointer, the finger and the focus. @param list Holds the rows. */
  follow(list: HTMLElement, signal: AbortSignal): void {
    list.addEventListener("pointerover", this.#entered, { signal });
    list.addEventListener("pointerleave", this.#left, { signal });
    for (const type of ["focusin", "focusout"] as const) list.addEventListener(type, this.#focusMoved, { signal });
    list.addEventListener("click", this.#pressed, { signal });
    addEventListener("pointerdown", this.#touched, { signal, capture: true });
    addEventListener("keydown", () => this.#isTouched = false, { signal, capture: true });
  }

  readonly #entered = ({ target, pointerType }: PointerEvent) => {
    this.#isTouched = pointerType === "touch";
    if (this.#isTouched) return;
    // A focus that the person doesn't see is what a dialog has left where the mouse opened it.
    const isElsewhere = this.keyAt(target) !== this.#at.focus;
    if (isElsewhere && !document.activeElement?.matches(":focus-visible")) this.#at.focus = undefined;
    this.#move("pointer", target);
  };

  readonly #left = ({ pointerType }: PointerEvent) => {
    if (pointerType !== "touch") this.#move("pointer", null);
  };

  readonly #focusMoved = ({ type, target, relatedTarget }: FocusEvent) => {
    // The focus comes back to a row when a menu is closed: that is no wish to do more there.
    if (this.#isTouched) return this.#move("focus", null);
    // When the browser's window loses the focus, the mark stays, since the focus will come back to the same place.
    if (type === "focusin") this.#move("focus", target);
    else if (document.hasFocus()) this.#move("focus", relatedTarget);
  };

  /**
   * A finger is never away as a pointer is: what it has touched is marked until it touches something else. Where that is another
   * row, the buttons stay until the finger has pressed it: what they hold apart would move under the finger.
   */
  readonly #touched = ({ target, pointerType }: PointerEvent) => {
    this.#isTouched = pointerType === "touch";
    if (this.#isTouched && this.keyAt(target) === undefined) this.#move("pointer", null);
  };

  /** Marks the row that a finger has touched, until what it has pressed there is done; a menu goes on. */
  readonly #pressed = ({ target }: MouseEvent) => {
    if (!this.#isTouched) return;
    const isDone = target instanceof Element && target.closest(".actions button:not(:last-child)") !== null;
    this.#move("pointer", isDone ? null : target);
  };

  #move(what: "pointer" | "focus", target: EventTarget | null): void {
    const key = this.keyAt(target);
    if (this.#at[what] === key) return;
    this.#at[what] = key;
    this.#changed();
  }
}
