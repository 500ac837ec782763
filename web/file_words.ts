/**
 * The words about files, in both languages of the page. They are apart from all others, since they are loaded when the first file
 * is shown or chosen.
 *
 * @module
 */

import { settings } from "./settings.ts";
import type { Language } from "./language.ts";

/** A time in words. @param seconds A whole number. */
function timeText(seconds: number, [s, min, h]: readonly string[]): string {
  if (seconds < 60) return `${seconds} ${s}`;
  if (seconds < 3_600) return `${Math.ceil(seconds / 60)} ${min}`;
  return `${Math.ceil(seconds / 3_600)} ${h}`;
}

const ENGLISH = {
  tray: "Files to send",
  dropHere: (name: string) => `Drop files here to send them to ${name}`,
  chosen: (count: number) => count === 1 ? "1 file: Enter sends it" : `${count} files: Enter sends them`,
  chosenTouch: (count: number) => count === 1 ? "1 file: the arrow sends it" : `${count} files: the arrow sends them`,
  original: "Original",
  originalHint: "A picture is made smaller before it is sent; “Original” sends it in its full size.",
  originalMeans: "Send the picture in its full size, as it is but for what says where it was taken",
  removeFile: (name: string) => `Do not send ${name}`,
  stopFile: (name: string) => `Stop sending ${name}`,
  retryFile: (name: string) => `Try to send ${name} again`,
  waiting: "Waiting",
  preparing: "Getting ready",
  sending: (done: string, all: string, speed: string, left: string) =>
    [`${done} of ${all}`, speed === "" ? "" : `${speed}/s`, left === "" ? "" : `${left} left`]
      .filter((part) => part !== "").join(" · "),
  lost: "Connection lost; going on by itself",
  notSaid: "It is sent, but could not be said here.",
  unreadable: "The file can't be read any more: it has changed, or is gone.",
  failed: "It was not sent, by a fault of this page. Try it again.",
  timeLeft: (seconds: number) => timeText(seconds, ["s", "min", "h"]),
  tooMany: (most: number) => `${most} files at a time are enough; the others were left out.`,
  noFolder: "A folder can't be sent; put it into an archive.",
  showPicture: (name: string) => `Show ${name}`,
  show: "Show",
  textFailed: "The text did not come. Close this, and try it again.",
  download: "Save",
  downloadFile: (name: string) => `Save ${name}`,
  gone: "This file is gone.",
  pictureOf: (name: string, at: number, count: number) => count === 1 ? name : `${name} (${at} of ${count})`,
  previous: "Previous picture",
  next: "Next picture",
  zoomIn: "Larger",
  zoomOut: "Smaller",
  files: "Files",
  filesOf: (name: string) => `Files in ${name}`,
  fileFilter: "Part of a name",
  kinds: { all: "All files", image: "Pictures", video: "Films", audio: "Sound", other: "Others" },
  noFiles: "No files here.",
  filesFound: (count: number, hasMore: boolean) =>
    hasMore ? `${count} so far` : count === 1 ? "1 file" : `${count} files`,
  veryLarge: (pixels: string) => `very large picture, ${pixels}`,
  types: { image: "picture", video: "film", audio: "sound", text: "text", archive: "archive", other: "file" },
};

export type FileWords = typeof ENGLISH;

const CHINESE: FileWords = {
  tray: "要发送的文件",
  dropHere: (name) => `将文件拖放到这里，发送到 ${name}`,
  chosen: (count) => `${count} 个文件：按回车发送`,
  chosenTouch: (count) => `${count} 个文件：点箭头发送`,
  original: "原图",
  originalHint: "图片会先缩小再发送；勾选“原图”则按原来的大小发送。",
  originalMeans: "按原样发送图片：保持大小，只去掉拍摄地点",
  removeFile: (name) => `不发送 ${name}`,
  stopFile: (name) => `停止发送 ${name}`,
  retryFile: (name) => `重新发送 ${name}`,
  waiting: "等待中",
  preparing: "准备中",
  sending: (done, all, speed, left) =>
    [`${done}，共 ${all}`, speed === "" ? "" : `${speed}/秒`, left === "" ? "" : `还需 ${left}`]
      .filter((part) => part !== "").join(" · "),
  lost: "连接中断，将自动继续",
  notSaid: "文件已上传，但无法在这里发出消息。",
  unreadable: "无法再读取此文件：它已更改或已不存在。",
  failed: "本网页出错，文件没有发送。请重试。",
  timeLeft: (seconds) => timeText(seconds, ["秒", "分钟", "小时"]),
  tooMany: (most) => `一次最多 ${most} 个文件，其余未添加。`,
  noFolder: "不能发送文件夹，请先打包。",
  showPicture: (name) => `查看 ${name}`,
  show: "查看",
  textFailed: "没有收到文本。请关闭后重试。",
  download: "保存",
  downloadFile: (name) => `保存 ${name}`,
  gone: "此文件已不存在。",
  pictureOf: (name, at, count) => count === 1 ? name : `${name}（${at}/${count}）`,
  previous: "上一张",
  next: "下一张",
  zoomIn: "放大",
  zoomOut: "缩小",
  files: "文件",
  filesOf: (name) => `${name} 中的文件`,
  fileFilter: "文件名的一部分",
  kinds: { all: "所有文件", image: "图片", video: "视频", audio: "声音", other: "其他" },
  noFiles: "这里没有文件。",
  filesFound: (count, hasMore) => hasMore ? `已找到 ${count} 个` : `${count} 个文件`,
  veryLarge: (pixels) => `超大图片，${pixels}`,
  types: { image: "图片", video: "视频", audio: "声音", text: "文本", archive: "压缩包", other: "文件" },
};

const WORDS: Record<Language, FileWords> = { en: ENGLISH, zh: CHINESE };

/** The words in the chosen language. */
export function fileWords(): FileWords {
  return WORDS[settings.get("language")];
}
