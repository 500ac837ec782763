/** Changes of modes as they are written: `+o-v alice bob`. */

import { byteLength } from "../../protocol.ts";

/** Changes that one command makes, collected in order to be told together. */
export class ModeChanges {
  readonly #changes: [on: boolean, letter: string, param: string][] = [];

  add(on: boolean, letter: string, param: string): void {
    this.#changes.push([on, letter, param]);
  }

  /** The masks that were added to a list, or removed from it. */
  masks(letter: string, on: boolean): string[] {
    return this.#changes.filter(([isOn, list]) => isOn === on && list === letter).map(([, , text]) => text);
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  /** The parameters that follow MODE's target, in as many messages as they need. @param bytes Most bytes of one message's. */
  messages(bytes: number): string[][] {
    const messages: string[][] = [];
    let sign = "";
    let left = 0;
    for (const [on, letter, param] of this.#changes) {
      const needed = 2 + (param === "" ? 0 : byteLength(param) + 1);
      if (needed > left) {
        messages.push([""]);
        sign = "";
        left = bytes;
      }
      const message = messages[messages.length - 1];
      message[0] += (on ? "+" : "-") === sign ? letter : (sign = on ? "+" : "-") + letter;
      if (param !== "") message.push(param);
      left -= needed;
    }
    return messages;
  }
}

/** The letters of a mode string with their signs. */
export function* signedLetters(text: string): Generator<[on: boolean, letter: string]> {
  let on = true;
  for (const letter of text) {
    if (letter === "+" || letter === "-") on = letter === "+";
    else yield [on, letter];
  }
}
