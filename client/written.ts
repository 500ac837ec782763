/**
 * Reads what a person wrote: a slash command, or text. Pure.
 *
 * An input method for Chinese, Japanese or Korean types the wide form of `/`, `#`, `@` or `:`, or the mark of its script that is
 * on the same key. These are read as the plain signs, so that a command is not said to everybody.
 *
 * @module
 */

/** The signs that a word can begin with, by their wide forms. */
const SIGNS: ReadonlyMap<string, string> = new Map([["／", "/"], ["＃", "#"], ["＠", "@"], ["：", ":"]]);

/**
 * What begins a command. The marks of Chinese and Japanese on the key of `/` also begin sentences, so a letter that commands
 * are written with must follow.
 */
const COMMAND = /^(?:[/／](?![/／])|[、・･](?=[a-zａ-ｚ]))(\S*)\s*(.*)$/is;

/** Other names of commands: those that other clients have, and Chinese ones. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["names", "who"],
  ["leave", "part"],
  ["query", "to"],
  ["帮助", "help"],
  ["加入", "join"],
  ["离开", "part"],
  ["退出", "quit"],
  ["私聊", "to"],
  ["在线", "who"],
  ["昵称", "nick"],
  ["主题", "topic"],
  ["搜索", "search"],
  ["历史", "history"],
  ["频道", "list"],
  ["邀请", "invite"],
  ["登录", "login"],
  ["注册", "register"],
  ["设备", "devices"],
]);

/** The name of the command that a word names, in the one form that the table has. */
export function commandNamed(word: string): string {
  const name = word.normalize("NFKC").toLowerCase();
  return ALIASES.get(name) ?? name;
}

/**
 * A word with the sign that is meant at its beginning.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["＃茶馆", "＠bob", "茶"].map(plainSign), ["#茶馆", "@bob", "茶"]);
 * ```
 */
export function plainSign(word: string): string {
  const sign = SIGNS.get(word.charAt(0));
  return sign === undefined ? word : sign + word.slice(1);
}

/** Splits `/name rest`; undefined for text, and for `//text`, which is text with a slash before it. */
export function readCommand(line: string): { name: string; rest: string } | undefined {
  const [, name, rest] = COMMAND.exec(line) ?? [];
  return name === undefined ? undefined : { name: commandNamed(name), rest: rest.trimEnd() };
}

/** The text that is meant by a line which is no command. */
export function textOf(line: string): string {
  return /^[/／]{2}/.test(line) ? line.slice(1) : line;
}

/** A channel's name without the `#` at its beginning, if there is one: a person may leave it out. */
export function withoutHash(channel: string): string {
  return channel.replace(/^[#＃]/, "");
}

/** The full name of a channel that a person has written with or without its `#`. */
export function channelNamed(text: string): string {
  return `#${withoutHash(text)}`;
}
