/**
 * Tells which keys a terminal sends: the text that is typed, and keys by their names. Pure; it must not know what a key does.
 *
 * A key that sends several characters (ECMA-48, and what xterm and rxvt made of it) is read whole, known or not, as are answers
 * of a terminal to questions that somebody else has asked: nothing of them is text.
 *
 * @module
 */

/** Text as it was typed, or a key such as `left`, `ctrl-w`, `alt-b`. */
export type Key = { type: "text"; text: string } | { type: "key"; name: string };

/**
 * One key: a control sequence, alone or after an Escape that stands for Alt; a string up to its end (a title, an answer); Alt
 * and a character; a line end; a control character; or text.
 */
const KEY = new RegExp(
  "\x1b\x1b?(?:\\[\\[[A-E]|\\[[0-?]*[ -/]*[@-~]|O\\d*[A-Za-z])" +
    "|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)" +
    "|\x1b[^\x1b]|\r\n|\\p{Cc}|\\P{Cc}+",
  "gsu",
);

/** The beginning of a control sequence at the end of a read, or a lone Escape, which may be a key of its own. */
// deno-lint-ignore no-control-regex
const BEGUN = /\x1b(?:\x1b?\[[0-?]*[ -/]*)?$/;

/** A control sequence that is a key: its number, the keys that are held, what it ends with. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b(\x1b?)(?:\[|O)(\d*)(?:;(\d+))?([A-Za-z~^])$/;

const BY_END: Record<string, string> = { A: "up", B: "down", C: "right", D: "left", H: "home", F: "end" };
const BY_NUMBER: Record<string, string> = { 1: "home", 3: "delete", 4: "end", 7: "home", 8: "end" };
/** What is held beside a key, as xterm counts it, less one. */
const [ALT, CTRL] = [2, 4];

/** Control characters that have a key of their own. */
const CONTROLS: Record<string, string> = {
  "\r": "enter",
  "\n": "enter",
  "\r\n": "enter",
  "\t": "tab",
  "\x7f": "backspace",
  // Ctrl-H, which some terminals send for it.
  "\b": "backspace",
};

/** Reads keys, over as many reads as they come in. */
export class KeyReader {
  #kept = "";

  /** Takes the next characters, in which no paste is; gives the keys that are complete. */
  *push(text: string): Generator<Key, void, undefined> {
    // Who presses Escape and then something else has pressed two keys; the rest of a sequence comes in one piece.
    const isRest = this.#kept !== "\x1b" || /^(?:\[|O.)/s.test(text);
    const all = (isRest ? this.#kept : "") + text;
    this.#kept = BEGUN.exec(all)?.[0] ?? "";
    for (const [key] of all.slice(0, all.length - this.#kept.length).matchAll(KEY)) {
      if (/^\P{Cc}/u.test(key)) yield { type: "text", text: key };
      else yield { type: "key", name: nameOf(key) };
    }
  }
}

/** What a key is called; "" for one that has no name here. */
function nameOf(key: string): string {
  if (Object.hasOwn(CONTROLS, key)) return CONTROLS[key];
  // Ctrl and a letter, or `\`, `]`, `^`, `_`.
  if (key.length === 1) return key < " " ? `ctrl-${String.fromCharCode(key.charCodeAt(0) + 64).toLowerCase()}` : "";
  const [, escape, number = "", held = "1", end = ""] = SEQUENCE.exec(key) ?? [];
  const alone = key.slice(1);
  if (end === "") return [...alone].length === 1 ? `alt-${nameOf(alone) || alone.toLowerCase()}` : "";
  const name = end === "~" || end === "^" ? BY_NUMBER[number] : BY_END[end.toUpperCase()];
  if (name === undefined) return "";
  const modifiers = Number(held) - 1;
  // rxvt says Ctrl by another end.
  if ((modifiers & CTRL) !== 0 || end === "^" || /[a-d]/.test(end)) return `ctrl-${name}`;
  return (modifiers & ALT) !== 0 || escape !== "" ? `alt-${name}` : name;
}
