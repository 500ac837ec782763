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

  readonly entered = ({ target }: Event): void => this.#move("pointer", target);
  readonly left = (): void => this.#move("pointer", null);

  readonly focusMoved = ({ type, target, relatedTarget }: FocusEvent): void => {
    // When the browser's window loses the focus, the mark stays, since the focus will come back to the same place.
    if (type === "focusin") this.#move("focus", target);
    else if (document.hasFocus()) this.#move("focus", relatedTarget);
  };

  #move(what: "pointer" | "focus", target: EventTarget | null): void {
    const key = this.keyAt(target);
    if (this.#at[what] === key) return;
    this.#at[what] = key;
    this.#changed();
  }
}
