/**
 * What a server says about itself in RPL_ISUPPORT (modern.ircdocs.horse/#rplisupport-005), and reading its modes by that.
 *
 * @module
 */

import { detached } from "../../protocol.ts";
import { BOUNDS } from "../bounds.ts";

/** One change of a channel's mode, read by the server's own rules. */
export interface ModeChange {
  add: boolean;
  mode: string;
  /** The nick, mask, key or limit of the mode. */
  param?: string;
}

/** The tokens of a server, over the defaults of RFC 2812. */
export class Isupport {
  readonly #tokens = new Map<string, string>([
    ["CHANTYPES", "#&"],
    ["PREFIX", "(ov)@+"],
    ["CHANMODES", "b,k,l,imnpst"],
  ]);
  #ranks: [mode: string, symbol: string][] | undefined;

  /** Takes the parameters of a 005: own nick first, a sentence last, tokens between. `-TOKEN` takes one back. */
  add(params: string[]): void {
    this.#ranks = undefined;
    for (const token of params.slice(1, -1)) {
      if (token.startsWith("-")) {
        this.#tokens.delete(token.slice(1));
        continue;
      }
      const equals = token.indexOf("=");
      if (token.length > BOUNDS.tokenLength) continue;
      const key = detached(equals < 0 ? token : token.slice(0, equals));
      const value = detached(equals < 0 ? "" : token.slice(equals + 1));
      if (this.#tokens.size >= BOUNDS.tokens && !this.#tokens.has(key)) continue;
      this.#tokens.set(key, value.replace(/\\x([0-9a-fA-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))));
    }
  }

  /** A token's value, "" if it has none, undefined if the server did not say it. */
  get(token: string): string | undefined {
    return this.#tokens.get(token);
  }

  /** Whether a name is a channel's on this server, by its first character. */
  isChannel(name: string): boolean {
    return name !== "" && (this.get("CHANTYPES") ?? "#").includes(name[0]);
  }

  /** The rank modes with their symbols, highest first: `[["o", "@"], ["v", "+"]]`. */
  get ranks(): [mode: string, symbol: string][] {
    return this.#ranks ??= this.#readRanks();
  }

  #readRanks(): [mode: string, symbol: string][] {
    const [, modes = "", symbols = ""] = /^\(([^)]*)\)(.*)$/.exec(this.get("PREFIX") ?? "") ?? [];
    return [...modes].slice(0, BOUNDS.ranks).map((mode, i) => [mode, symbols[i] ?? ""]);
  }

  /** Splits an entry of RPL_NAMREPLY: `@+alice!a@host` gives `["@+", "alice", "a@host"]` (multi-prefix, userhost-in-names). */
  member(entry: string): [prefix: string, nick: string, userhost: string] {
    const symbols = this.ranks.map(([, symbol]) => symbol);
    let at = 0;
    while (at < entry.length && symbols.includes(entry[at])) at++;
    const bang = entry.indexOf("!", at);
    const end = bang < 0 ? entry.length : bang;
    return [entry.slice(0, at), entry.slice(at, end), entry.slice(end + 1)];
  }

  /** Adds a rank's symbol to a member's prefix or takes it off; a mode that is no rank changes nothing. */
  changePrefix(prefix: string, { add, mode }: ModeChange): string {
    const symbol = this.ranks.find(([rank]) => rank === mode)?.[1];
    if (symbol === undefined) return prefix;
    return this.ranks.map(([, s]) => s).filter((s) => s === symbol ? add : prefix.includes(s)).join("");
  }

  /** Reads a channel's MODE, `+ov-k` with its parameters; which modes take one is what CHANMODES and PREFIX say. */
  modeChanges(modes: string, params: string[]): ModeChange[] {
    const [lists = "", always = "", whenSet = ""] = (this.get("CHANMODES") ?? "").split(",");
    const withParam = lists + always + this.ranks.map(([mode]) => mode).join("");
    const changes: ModeChange[] = [];
    let add = true;
    let next = 0;
    for (const mode of modes) {
      if (mode === "+" || mode === "-") {
        add = mode === "+";
        continue;
      }
      const takes = withParam.includes(mode) || (add && whenSet.includes(mode));
      const param = takes ? params[next++] : undefined;
      changes.push(param === undefined ? { add, mode } : { add, mode, param });
    }
    return changes;
  }
}
