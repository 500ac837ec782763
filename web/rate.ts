/**
 * How fast something is moved, and how long the rest of it takes: measured over the last seconds, so that it follows a
 * connection that becomes slower or faster. Pure.
 *
 * @module
 */

/** Over how many milliseconds it is measured, and how many it takes until there is a figure. */
const SPAN = 5_000, FIRST = 500;

/** The speed of one transfer. */
export class Rate {
  /** How much had been moved at which time, the oldest first; only what is needed for the span. */
  #points: { time: number; bytes: number }[] = [];

  /** Notes how much has been moved. @param time Milliseconds of a clock that is never set. */
  note(time: number, bytes: number): void {
    const points = this.#points;
    const last = points.at(-1);
    // What was moved before it began again is no speed.
    if (last !== undefined && (bytes < last.bytes || time < last.time)) this.#points = [];
    this.#points.push({ time, bytes });
    while (this.#points.length > 2 && this.#points[1].time <= time - SPAN) this.#points.shift();
  }

  /** Bytes in a second; undefined where that is not known yet. */
  get speed(): number | undefined {
    const [first] = this.#points;
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined || last.time - first.time < FIRST) return undefined;
    return (last.bytes - first.bytes) / (last.time - first.time) * 1_000;
  }

  /** In how many seconds so many bytes more are moved; undefined where that is not known. */
  left(bytes: number): number | undefined {
    const { speed } = this;
    return speed === undefined || speed <= 0 ? undefined : Math.ceil(bytes / speed);
  }
}
