/** Changes of modes as MODE tells them. */

import { byteLength } from "../../protocol.ts";

/** Collects changes as MODE tells them: `+o-v alice bob`. */
export class ModeChanges {
  readonly #changes: [on: boolean, letter: string, param: string][] = [];

  add(on: boolean, letter: string, param: string): void {
    this.#changes.push([on, letter, param]);
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** The parameters of MODE after its target, in as many messages as they need with so many bytes each. */
  messages(bytes: number): string[][] {
    const messages: string[][] = [];
    let sign = "";
    let room = 0;
    for (const [on, letter, param] of this.#changes) {
      const needed = 2 + (param === "" ? 0 : byteLength(param) + 1);
      if (needed > room) {
        messages.push([""]);
        sign = "";
        room = bytes;
      }
      const message = messages[messages.length - 1];
      message[0] += (on ? "+" : "-") === sign ? letter : (sign = on ? "+" : "-") + letter;
      if (param !== "") message.push(param);
      room -= needed;
    }
    return messages;
  }
}

/** Yields each letter of a mode string with its sign. */
export function* signedLetters(text: string): Generator<[on: boolean, letter: string]> {
  let on = true;
  for (const letter of text) {
    if (letter === "+" || letter === "-") on = letter === "+";
    else yield [on, letter];
  }
}
