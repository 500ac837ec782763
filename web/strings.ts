/**
 * All words of the page, in each of its languages. It must not know where they stand.
 *
 * @module
 */

const ENGLISH = {
  address: "Address",
  nick: "Your name",
  channel: "Channel",
  password: "Password",
  join: "Join",
  joining: "Joining…",
  badNick: "A name is 1 to 30 letters, digits, - or _, and begins with no digit.",
  badChannel: "A channel's name has 1 to 49 characters, without space or comma.",
  talks: "Talks",
  people: "Online",
  writeTo: "Write to",
  send: "Send",
  emoji: "Emoji",
  newBelow: "new below",
  lost: "Connection lost; coming back by itself. What you write is kept.",
  waiting: "not sent yet",
  paste: "Send these lines as separate messages?",
  reply: "Reply",
  react: "React with 👍",
  cancel: "Cancel",
  typing: "typing…",
  joined: "joined",
  left: "left",
  renamed: "is now",
  topic: "set the topic:",
  mode: "set mode",
  kicked: "removed",
  removed: "message removed",
  notify: "Notify me",
  language: "中文",
  nobody: "No channel: /join #lobby",
  leave: "Leave",
};

export type Strings = typeof ENGLISH;

const CHINESE: Strings = {
  address: "地址",
  nick: "您的昵称",
  channel: "频道",
  password: "密码",
  join: "进入",
  joining: "正在进入…",
  badNick: "昵称为 1 至 30 个字母、数字、- 或 _,不能以数字开头。",
  badChannel: "频道名为 1 至 49 个字符,不含空格和逗号。",
  talks: "对话",
  people: "在线",
  writeTo: "发送给",
  send: "发送",
  emoji: "表情",
  newBelow: "条新消息",
  lost: "连接已断开,正在自动重连。您写的内容会保留。",
  waiting: "条尚未发送",
  paste: "将这些行作为多条消息发送?",
  reply: "回复",
  react: "回应 👍",
  cancel: "取消",
  typing: "正在输入…",
  joined: "进入了",
  left: "离开了",
  renamed: "改名为",
  topic: "设置了主题:",
  mode: "设置了模式",
  kicked: "移出了",
  removed: "消息已删除",
  notify: "通知我",
  language: "English",
  nobody: "没有频道:/join #lobby",
  leave: "离开",
};

export type Language = "en" | "zh";
export const STRINGS: Record<Language, Strings> = { en: ENGLISH, zh: CHINESE };

/** The language to begin with. @param wanted The browser's, best first. */
export function languageOf(wanted: readonly string[]): Language {
  return wanted.find((tag) => /^(?:en|zh)\b/i.test(tag))?.toLowerCase().startsWith("zh") ? "zh" : "en";
}
