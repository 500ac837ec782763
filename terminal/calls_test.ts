import { assertEquals } from "@std/assert";
import type { Call, CallEvent } from "../client/state/calls.ts";
import { readWords } from "../client/state/call_words.ts";
import { callLine, whoIsIn } from "./calls.ts";
import { speak } from "./language.ts";

const NOW = Date.UTC(2026, 10, 28, 12);

function call(target: string, members: [nick: string, words: string][], more: Partial<Call> = {}): Call {
  return {
    target,
    members: new Map(members.map(([nick, words]) => [nick, { nick, words: readWords(words) }])),
    since: undefined,
    iceServers: [],
    engine: undefined,
    isRinging: false,
    isTold: true,
    ...more,
  };
}

function event(target: string, more: Partial<CallEvent>): CallEvent {
  return { type: "call", target, change: "join", nick: "alice", by: "", own: false, text: "", ...more };
}

/** Does something in each language, one after the other. */
function inBoth(say: () => unknown[]): [english: unknown[], chinese: unknown[]] {
  const english = say();
  speak("zh");
  try {
    return [english, say()];
  } finally {
    speak("en");
  }
}

Deno.test("whoIsIn() says who is in a call, what they do there, and for how long it runs", () => {
  const members: [string, string][] = [
    ["alice", "audio"],
    ["bob", "audio,muted,hand"],
    ["carol", "audio,video,screen"],
  ];
  const tea = call("#tea", members, { since: NOW - 5 * 60_000 });
  const [english, chinese] = inBoth(() => [
    whoIsIn("#tea", tea, NOW),
    whoIsIn("#tea", call("#tea", [["alice", "audio"]]), NOW),
    whoIsIn("#tea", undefined, NOW),
    whoIsIn("alice", undefined, NOW),
    whoIsIn("alice", call("alice", [["alice", "audio"]], { isRinging: true }), NOW),
  ]);
  assertEquals(english, [
    "In the call of #tea, for 5 min: alice, bob (muted, hand up), carol (camera, screen)",
    "In the call of #tea: alice",
    "Nobody is in a call in #tea.",
    "You are in no call with alice.",
    "alice calls you and waits.",
  ]);
  assertEquals(chinese, [
    "#tea 的通话（已 5 分钟）：alice、bob（静音、举手）、carol（摄像头、屏幕）",
    "#tea 的通话：alice",
    "#tea 里没有人在通话。",
    "您没有在与 alice 通话。",
    "alice 正在呼叫您。",
  ]);
});

Deno.test("callLine() tells how calls begin and end, and what to do; who comes and goes is the page's", () => {
  const [english, chinese] = inBoth(() => [
    callLine(event("#tea", { record: { what: "began" } })),
    callLine(event("#tea", { record: { what: "began" }, own: true, nick: "bob" })),
    callLine(event("#tea", { change: "part", record: { what: "ended", lasted: 60_000 } })),
    callLine(event("#tea", { change: "members", nick: "bob", own: true, isNew: true })),
    callLine(event("alice", { change: "ring" })),
    callLine(event("alice", { change: "part", record: { what: "missed" } })),
    callLine(event("alice", { change: "answered", nick: "bob", own: true })),
    callLine(event("#tea", { change: "answered", nick: "bob", own: true })),
    callLine(event("alice", { change: "members", nick: "bob", own: true, isNew: true })),
    ...(["join", "part", "state", "mute", "members"] as const).map((change) => callLine(event("#tea", { change }))),
  ]);
  const nothing = Array.from({ length: 7 }, () => undefined);
  assertEquals(english, [
    "alice began a call: /call opens it",
    "bob began a call",
    "The call has ended (1 min)",
    "A call goes on here: /call opens it",
    "alice calls you: /call alice opens the page, /decline does not answer",
    "Missed call from alice",
    "The call from alice was answered or declined elsewhere",
    ...nothing,
  ]);
  assertEquals(chinese, [
    "alice 发起了通话：/call 打开通话",
    "bob 发起了通话",
    "通话已结束（1 分钟）",
    "这里正在通话：/call 打开通话",
    "alice 呼叫您：/call alice 打开网页，/decline 不接听",
    "未接来电：alice",
    "alice 的呼叫已在别处接听或拒绝",
    ...nothing,
  ]);
});
