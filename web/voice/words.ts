/**
 * The words about voice messages, in both languages of the page. They are apart from all others, since they are loaded with the
 * first voice message that is heard or recorded.
 *
 * @module
 */

import type { Language } from "../language.ts";
import { settings } from "../settings.ts";

const ENGLISH = {
  play: "Play",
  pause: "Pause",
  position: "Position",
  at: (time: string, length: string) => length === "" ? time : `${time} of ${length}`,
  speed: (times: string) => `Speed: ${times}`,
  recording: "Recording a voice message",
  opening: "Waiting for the microphone…",
  sending: "Sending…",
  held: (name: string) => `Recording for ${name}: let go to send, slide left to cancel, up to free your hand.`,
  free: (name: string, hasKeys: boolean) =>
    `Recording for ${name}${hasKeys ? ": Enter sends it, Escape cancels it." : "."}`,
  ready: (name: string) => `Your voice message for ${name}: listen to it, and send it.`,
  isFull: "It is ten minutes long, which is the most. Send it, and record another one.",
  stop: "Stop, and listen to it",
  send: "Send the voice message",
  cancel: "Cancel the voice message",
  cancelled: "The voice message is cancelled.",
  refusals: {
    insecure: "A voice message needs a page that came by https: only there does the browser give it the microphone.",
    denied: "The browser does not let this page use the microphone. Allow it beside the address, and try again.",
    missing: "There is no microphone here. Connect one, and try again.",
    busy: "Another program uses the microphone. Close that one, and try again.",
    failed: "The microphone does not work, or this browser records no sound. Try another one, or send a file.",
  },
};

export type VoiceWords = typeof ENGLISH;

const CHINESE: VoiceWords = {
  play: "播放",
  pause: "暂停",
  position: "播放位置",
  at: (time, length) => length === "" ? time : `${time}，共 ${length}`,
  speed: (times) => `速度：${times}`,
  recording: "正在录制语音消息",
  opening: "正在等待麦克风…",
  sending: "正在发送…",
  held: (name) => `正在为 ${name} 录音：松开发送，左滑取消，上滑解放双手。`,
  free: (name, hasKeys) => `正在为 ${name} 录音${hasKeys ? "：按回车发送，按 Esc 取消。" : "。"}`,
  ready: (name) => `给 ${name} 的语音消息：可以先试听，再发送。`,
  isFull: "已录满十分钟，这是上限。请发送后再录一条。",
  stop: "停止并试听",
  send: "发送语音消息",
  cancel: "取消语音消息",
  cancelled: "语音消息已取消。",
  refusals: {
    insecure: "语音消息需要通过安全连接（https）打开的页面：浏览器只在那里允许使用麦克风。",
    denied: "浏览器不允许本页使用麦克风。请在地址栏旁边允许，然后重试。",
    missing: "没有找到麦克风。请连接一个，然后重试。",
    busy: "另一个程序正在使用麦克风。请关闭它，然后重试。",
    failed: "麦克风无法工作，或此浏览器不能录音。请换一个，或直接发送文件。",
  },
};

const WORDS: Record<Language, VoiceWords> = { en: ENGLISH, zh: CHINESE };

/** The words in the chosen language. */
export function voiceWords(): VoiceWords {
  return WORDS[settings.get("language")];
}
