/**
 * Why a file is not taken, in the person's language: the room says it in English. What is not known here stays in its words.
 *
 * @module
 */

import type { Language } from "./language.ts";

/** What the room says (server/files/, server/gateway/, server/commands/tokens.ts), with the figures in it; and the same in Chinese. */
const CHINESE: readonly [said: RegExp, chinese: string][] = [
  [/^a file may have (.+) here, and this one has more$/, "这里每个文件最多 $1，此文件更大。"],
  [/^a file may have (.+) here, and this one has (.+)$/, "这里每个文件最多 $1，此文件有 $2。"],
  [/^your files may have (.+) here, of which (.+) are left$/, "您的文件在这里最多占 $1，还剩 $2。"],
  [/^the files from your address may have (.+) here, of which (.+) are left$/, "来自您地址的文件最多占 $1，还剩 $2。"],
  [/^all files may have (.+) here, of which (.+) are left$/, "这里所有文件最多占 $1，还剩 $2。"],
  [/^the disk here has room for (.+) more, and this file has (.+)$/, "服务器磁盘还能放 $1，此文件有 $2。"],
  [
    /^the disk here is full: (.+) of this file have come, and no more fit$/,
    "服务器磁盘已满：此文件已收到 $1，放不下其余部分。",
  ],
  [/^more has come than the (.+) that were said$/, "此文件在发送时变大了：开始时为 $1。请重新发送。"],
  [/^that is more than the (\d+) bytes that were said$/, "此文件在发送时变大了：开始时为 $1 字节。请重新发送。"],
  [/^(\d+) files of yours are being sent already/, "您已有 $1 个文件正在发送，请稍候。"],
  [/^(\d+) files are being sent/, "已有 $1 个文件正在发送，请稍候。"],
  [
    /^a picture may have (.+) here, and this one has (.+); send it in an archive$/,
    "图片最多 $1，此图片有 $2；请打包后发送。",
  ],
  [/^this (\S+) is damaged, so /, "此文件（$1）已损坏，无法去除其中的拍摄信息；请打包后发送。"],
  [/^what looks at files here has refused this one$/, "此文件未通过服务器的检查。"],
  // The chat says it to those who ask for a token, and begins it with a capital.
  [/^only people with an account may send files here$/i, "只有登录账号的人可以在这里发送文件。"],
  [/^there is no service of that name$/i, "这里不能发送文件。"],
  [/^no file (?:can be kept|is taken)/, "服务器暂时无法保存文件。"],
  [/^the room is closing$/, "服务器正在关闭，请稍后重新发送。"],
  [/^this file is not here, or no longer$/, "此文件不在这里，或已不存在。"],
  [/^this file is somebody else's$/, "此文件是别人的。"],
  [/^only the room's own page may send files from a browser$/, "浏览器中只有此聊天室自己的网页可以发送文件。"],
  [/^(?:say who you are: by a token|this token has been used)/, "发送许可已失效，请重新发送。"],
  [/^there are too many unknown tokens from your address/, "来自您地址的无效许可太多，请稍后再试。"],
  [/^you are banned from this room$/, "您已被此聊天室封禁。"],
];

/** A refusal of the room as a sentence. */
export function refusalText(said: string, language: Language): string {
  const found = language === "zh" ? CHINESE.find(([pattern]) => pattern.test(said)) : undefined;
  if (found !== undefined) return found[1].replaceAll(/\$(\d)/g, (_, at) => found[0].exec(said)![Number(at)]);
  // The room's lines are clauses.
  const sentence = said.charAt(0).toUpperCase() + said.slice(1);
  return /[.!?。]$/.test(sentence) ? sentence : `${sentence}.`;
}
