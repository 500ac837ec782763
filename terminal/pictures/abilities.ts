/**
 * Which pictures a terminal can show: what it answers to questions, and what its environment says.
 *
 * @module
 */

/** How pictures are shown. */
export const IMAGES = ["auto", "none", "blocks", "sixel", "kitty"] as const;

/** One of these. */
export type Images = typeof IMAGES[number];

/**
 * The questions: whether it knows kitty's protocol, how many pixels a character has, and what it is (DA1), which every terminal
 * answers. Those that know none of it show nothing.
 */
export const QUESTIONS = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[16t\x1b[c";

/** These show the first question as a text. */
const TALKATIVE = /^(?:Apple_Terminal)$/;

/** The environment of a terminal. */
export type Environment = (variable: string) => string | undefined;

/** What one terminal can. */
export class Abilities {
  readonly #chosen: Images;
  readonly #hasColors: boolean;
  readonly #env: Environment;
  #kitty = false;
  #sixel = false;
  /** Pixels of a character, until it says other ones. */
  cell = { width: 8, height: 16 };

  constructor(chosen: Images, hasColors: boolean, env: Environment = (variable) => Deno.env.get(variable)) {
    this.#chosen = chosen;
    this.#hasColors = hasColors;
    this.#env = env;
  }

  /** Whether the terminal has to be asked. */
  get isAsked(): boolean {
    const [program = "", term = ""] = [this.#env("TERM_PROGRAM"), this.#env("TERM")];
    // Where pictures are to be shown, and it is not clear how, or how large.
    const isOpen = this.#chosen === "auto" ? this.#hasColors : this.#chosen === "sixel" || this.#chosen === "kitty";
    return isOpen && !TALKATIVE.test(program) && term !== "linux";
  }

  /** Whether there are more than 256 colours. */
  get isTrueColor(): boolean {
    return /^(?:truecolor|24bit)$/i.test(this.#env("COLORTERM") ?? "");
  }

  /** Takes a sequence that the terminal has sent: an answer, or something else. */
  answered(sequence: string): void {
    // deno-lint-ignore no-control-regex
    if (/^\x1b_Gi=31;OK/.test(sequence)) this.#kitty = true;
    // deno-lint-ignore no-control-regex
    const [, attributes = ""] = /^\x1b\[\?([\d;]*)c$/.exec(sequence) ?? [];
    // Its first number is what it is, the others what it can.
    if (attributes.split(";").slice(1).includes("4")) this.#sixel = true;
    // deno-lint-ignore no-control-regex
    const [, height, width] = /^\x1b\[6;(\d{1,3});(\d{1,3})t$/.exec(sequence) ?? [];
    if (Number(height) > 0 && Number(width) > 0) this.cell = { width: Number(width), height: Number(height) };
  }

  /** How pictures are shown now. */
  get images(): Exclude<Images, "auto"> {
    if (this.#chosen !== "auto") return this.#chosen;
    if (!this.#hasColors) return "none";
    if (this.#kitty) return "kitty";
    if (this.#sixel) return "sixel";
    return this.isTrueColor || /256color|direct/.test(this.#env("TERM") ?? "") ? "blocks" : "none";
  }
}
