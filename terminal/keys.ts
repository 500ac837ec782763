/**
 * Reads what a terminal sends as text that is typed and as keys with names. Pure.
 *
 * A key that sends several characters (ECMA-48, as xterm and rxvt extend it) is read whole, whether it is known or not. So are
 * answers of a terminal to questions of other programs. Nothing of them is text.
 *
 * @module
 */

/** Text as it was typed, or a key such as `left`, `ctrl-w`, `alt-b`, with what it sends; the name is "" for what is no such key. */
export type Key = { type: "text"; text: string } | { type: "key"; name: string; sequence: string };

/**
 * One key: a control sequence, alone or after an Escape that means Alt; a string up to its end (a title, an answer); Alt and a
 * character; a line end; a control character; or text.
 */
const KEY = new RegExp(
  "\x1b\x1b?(?:\\[\\[[A-E]|\\[[0-?]*[ -/]*[@-~]|O\\d*[A-Za-z])" +
    "|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)" +
    "|\x1b[^\x1b]|\r\n|\\p{Cc}|\\P{Cc}+",
  "gsu",
);

/**
 * The beginning of a control sequence at the end of a read, or of an answer about pictures, or a lone Escape, which may be a key
 * of its own.
 */
// deno-lint-ignore no-control-regex
const BEGUN = /\x1b(?:\x1b?\[[0-?]*[ -/]*|_G[^\x07\x1b]*\x1b?)?$/;

/** A control sequence that is a key: its number, the keys that are held beside it, its last character. */
// deno-lint-ignore no-control-regex
const SEQUENCE = /^\x1b(\x1b?)(?:\[|O)(\d*)(?:;(\d+))?([A-Za-z~^])$/;

const BY_END: Record<string, string> = { A: "up", B: "down", C: "right", D: "left", H: "home", F: "end" };
const BY_NUMBER: Record<string, string> = { 1: "home", 3: "delete", 4: "end", 7: "home", 8: "end" };
/** Keys that are held beside another one, as bits of the number that xterm sends, less one. */
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

/** Reads keys, each of which may come in several reads. */
export class KeyReader {
  #kept = "";

  /** Takes the next characters, without pastes. @returns The keys that are complete. */
  *push(text: string): Generator<Key, void, undefined> {
    // Escape and then another key are two keys. The rest of a sequence comes in one piece.
    const isRest = this.#kept !== "\x1b" || /^(?:\[|O.)/s.test(text);
    const all = (isRest ? this.#kept : "") + text;
    this.#kept = BEGUN.exec(all)?.[0] ?? "";
    for (const [key] of all.slice(0, all.length - this.#kept.length).matchAll(KEY)) {
      if (/^\P{Cc}/u.test(key)) yield { type: "text", text: key };
      else yield { type: "key", name: nameOf(key), sequence: key };
    }
  }
}

/** The name of a key; "" for one that has none here. */
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
  // rxvt sends Ctrl as another last character.
  if ((modifiers & CTRL) !== 0 || end === "^" || /[a-d]/.test(end)) return `ctrl-${name}`;
  return (modifiers & ALT) !== 0 || escape !== "" ? `alt-${name}` : name;
}
