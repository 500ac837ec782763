/**
 * All sentences of the client, in Chinese. They mean the same as those of client/sentences.ts. Standard replies of the room's
 * server are translated by their codes.
 *
 * @module
 */

import type { Sentences, StandardReply } from "./sentences.ts";
import type { NameFault } from "../protocol.ts";

/** The rule of Teahouse's servers: the page comes from the server that it talks to. */
const NICK_RULE = "昵称由文字、数字和 -_[]\\`^{}| 组成，不能以数字或 - 开头，最多 30 个字符";

const unseen = (sign: string) =>
  `其中有一个看不见的字符（U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;

/** Why a text cannot be a name. */
const NAME_FAULTS: Record<NameFault["kind"], (sign: string) => string> = {
  empty: () => "名称是空的",
  long: () => "太长",
  reserved: () => "这是为聊天室保留的名称",
  prefix: (sign) => `必须以 ${sign} 开头`,
  first: (sign) => `不能以 ${sign} 开头`,
  letter: (sign) => `${sign} 不是文字、数字或 -_[]\\\`^{}|`,
  sign: (sign) => `不能含有 ${sign}`,
  space: () => "不能含有空格",
  picture: (sign) => `${unseen(sign)}，它决定前一个字符是否显示为图形）`,
  joiner: (sign) => `${unseen(sign)}，它连接前后的字符）`,
  direction: (sign) => `${unseen(sign)}，它改变书写方向）`,
  unseen: (sign) => `${unseen(sign)}）`,
};

/** The parts of a sentence about a ban: in which channel, and for how long. */
const within = (channel: string | undefined) => channel === undefined ? "" : `在 ${channel} `;
const named = (channel: string | undefined) => channel === undefined ? "频道" : ` ${channel} `;
/** Parts of sentences that say until when something lasts, and for how long. */
export const till = (until: string | undefined) => until === undefined ? "" : `，至 ${until}`;
const because = (reason: string, end = "") => reason === "" ? end : `：${reason}`;
export const inBrackets = (reason: string) => reason === "" ? "" : `（${reason}）`;
export const lasting = (period: string | undefined) => period === undefined ? "" : `，为期 ${period}`;

/** Standard replies by code. Others are shown in the server's own words. */
const STANDARD: Record<string, string> = {
  ACCOUNT_EXISTS: "这个昵称正有人使用，或已有同名账号。",
  ACCOUNT_REQUIRED: "您没有登录账号。",
  ACCOUNT_UNKNOWN: "没有这个账号。",
  ACCOUNT_NAME_MUST_BE_NICK: "账号须与您的昵称同名。",
  ALREADY_AUTHENTICATED: "您已登录账号。",
  CANNOT_RENAME: "频道暂时不能改成这个名称。",
  CHANNEL_NAME_IN_USE: "已有同名频道。",
  COMPLETE_CONNECTION_REQUIRED: "请先进入：这里需要密码。",
  INTERNAL_ERROR: "暂时无法读取历史消息。",
  INVALID_REALNAME: "不能使用这个真实姓名。",
  MESSAGE_ERROR: "暂时无法读取历史消息。",
  NEED_LOGIN: "请先用密码登录账号。",
  NEED_NICK: "请先选择昵称。",
  NO_PERMISSION: "您无权这样做。",
  EDIT_FORBIDDEN: "您无权编辑这条消息。",
  EDIT_LIMIT_REACHED: "这条消息编辑的次数已满。",
  EDIT_WINDOW_EXPIRED: "这条消息已经过了可以编辑的时间。",
  REDACT_FORBIDDEN: "您无权删除这条消息。",
  TEMPORARILY_UNAVAILABLE: "暂时不行，请过几分钟再试。",
  UNACCEPTABLE_PASSWORD: "不能使用这个密码：太长。",
  UNKNOWN_MSGID: "这条消息不存在，或时间太久。",
  WEAK_PASSWORD: "密码太短，或与昵称相同。",
};

/** Codes that mean another thing for each command. */
const OF_COMMANDS: Record<string, Record<string, string>> = {
  BAN: { IS_OWNER: "对方是房主。" },
  CALL: {
    BANNED: "您已被此频道封禁，不能加入通话。",
    BUSY: "呼叫太频繁，请稍后再试。",
    DISABLED: "您在这里不能发起通话。",
    FULL: "通话人数已满。",
    IN_ANOTHER_CALL: "您已在另一个通话中，请先离开。",
    INVALID_PARAMS: "通话的请求不完整。",
    INVALID_TARGET: "这里不能通话。",
    KICKED: "管理员已将您移出这个通话，下一个通话您可以加入。",
    MUTED: "您在此频道不能发言，只能收听。",
    NO_SUCH_NICK: "对方不在线。",
    NOT_IN_CALL: "您或对方不在这个通话中。",
    NOT_ON_CHANNEL: "您不在这个频道。",
    NOT_OPERATOR: "只有频道管理员才能这样做。",
    UNAVAILABLE: "对方的程序不支持通话。",
  },
  CHATHISTORY: { INVALID_TARGET: "无法读取这里的历史消息。" },
  DEVICES: {
    INVALID_NAME: "请说明密码用于哪个程序。",
    NEED_LOGIN: "请先再次用密码登录账号。",
    NO_PERMISSION: "您是用程序密码登录的，不能这样做。",
    TOO_MANY: "程序密码已有 50 个，请先退出一个。",
    UNKNOWN_DEVICE: "没有这个设备。",
  },
  METADATA: {
    INTERNAL_ERROR: "暂时无法保存。",
    INVALID_VALUE: "不能使用：太长，或看起来像别人的昵称。",
    KEY_NO_PERMISSION: "您在某个频道被禁言或封禁，暂时不能更改。",
    LIMIT_REACHED: "内容已太多。",
  },
  MUTE: { IS_OWNER: "对方是房主。" },
  OWNER: {
    ADDED: "对方从现在起是房主。",
    KNOWN: "对方已是房主。",
    REMOVED: "对方不再是房主。",
    AMBIGUOUS: "这个名称所指不明：可能有几位同名的房主，或这个昵称属于他人的账号。",
    CLAIMED: "这个聊天室现在归您所有：从现在起，您在所有频道都是管理员，以后回来也是。",
    INVALID_SECRET: "这不是服务器最近给出的口令，或已被用过。",
    LAST_OWNER: "聊天室至少要有一位房主。",
    NEED_IDENTITY: "请先登录账号：房主须能在回来时被认出。",
    NO_PERMISSION: "只有房主才能这样做。",
    TOO_MANY: "房主太多。",
    UNAVAILABLE: "这个聊天室不保存任何内容，所以不能有房主。",
    UNKNOWN_NAME: "没有叫这个名称的账号、房主或在线的人。",
  },
  REDACT: { INVALID_TARGET: "您不能删除这里的消息。" },
  TOKEN: { ACCOUNT_REQUIRED: "只有登录账号的人可以在这里发送文件。", UNKNOWN_SERVICE: "这里不能发送文件。" },
};

function standard({ command, code, text }: StandardReply): string {
  const table = Object.hasOwn(OF_COMMANDS, command) ? OF_COMMANDS[command] : {};
  if (Object.hasOwn(table, code)) return table[code];
  return Object.hasOwn(STANDARD, code) ? STANDARD[code] : text;
}

export const CHINESE: Sentences = {
  families: {
    talking: "聊天",
    memory: "以前的消息",
    files: "文件",
    channels: "频道",
    moderation: "维护频道秩序（限频道管理员）",
    accounts: "账号（可有可无）",
    operators: "房主和聊天室管理员",
    general: "其他",
  },

  commands: {
    to: "与一人私聊，或到某个频道说话；不带参数：回到频道",
    msg: "给别人发一条消息，不离开当前对话",
    me: "描述您的动作：/me 挥手",
    notice: "发送通知，程序不会自动回复",
    reply: "回复别人的最后一条消息，或某人的：/reply alice 好的",
    react: "回应别人的最后一条消息，或某人的：/react :+1: alice；再次使用则取消",
    ignore: "不再显示某人的消息；不带参数：列出已屏蔽的人",
    unignore: "重新显示某人的消息",
    away: "设为离开，可说明原因；不带参数：设为回来",
    nick: "更改昵称",
    status: "设置您的状态；单独使用：清除状态",
    profile: "显示自己的显示名、状态和账号",
    whois: "查看某人的资料",
    call: "在网页上加入这个对话的通话，或另一个的：/call #tea、/call bob",
    decline: "不接听呼叫您的人",

    history: "显示更早的消息",
    search: "搜索消息",
    edit: "修改自己的最后一条消息：/edit 四点喝茶；不带参数：取回原文来修改",
    forget: "删除您的最后一条消息，或最后 3 条：/forget 3；管理员可删除别人的：/forget bob 3",

    send: "在这里发送文件：/send 茶.jpg '我的 笔记.txt'",
    files: "列出这个对话中的文件",
    get: "按编号或地址下载文件：/get 3、/get 3 ~/茶.jpg；不带参数：最后一个",

    who: "列出在线的人",
    join: "加入频道",
    part: "退出频道",
    list: "列出所有频道",
    channels: "列出公开的频道，人多的在前；含某个词的：/channels 茶",
    topic: "查看或设置频道主题",
    invite: "邀请某人加入频道",

    kick: "将某人踢出频道",
    ban: "踢出并封禁某人：/ban bob、/ban bob 1h 太吵、/ban *!*@10.0.0.7",
    unban: "解除封禁",
    mute: "禁言某人，改名也无效：/mute bob 10m 太吵",
    unmute: "解除禁言",
    bans: "列出被封禁或被禁言的人",
    op: "设某人为频道管理员",
    deop: "取消频道管理员",
    voice: "让某人在限制发言（/mode +m）的频道中发言；或发送语音消息：/voice 茶.ogg",
    devoice: "取消发言权",
    key: "只让知道口令的人加入；不带参数：取消口令",
    limit: "限制频道人数；不带参数：取消限制",
    mode: "查看或更改频道模式：/mode +m",

    login: "登录您的账号；随后会询问密码",
    register: "注册账号，为您保留昵称；随后会询问密码",
    password: "更改账号的密码；随后会询问旧密码和新密码",
    drop: "永久删除您的账号；随后会询问密码；管理员可删除别人的：/drop bob",
    logout: "在此处退出账号",
    devices: "列出您在哪里登录；/devices add WeeChat：为一个程序生成密码；/devices end 名称：在那里退出",

    owner: "列出房主，或让某人也成为房主：/owner bob",
    disown: "取消房主身份",
    claim: "用服务器给出的口令成为房主；随后会询问口令",
    oper: "成为聊天室管理员；随后会询问密码",
    kill: "断开某人与聊天室的连接（限聊天室管理员）",
    gline: "禁止某人进入聊天室：/gline bob、/gline bob 7d 垃圾消息、/gline *@10.0.0.0/8",
    ungline: "解除 /glines 所列的禁令",
    glines: "列出被禁止进入聊天室的人",

    help: "列出常用命令、所有命令（/help all），或说明其中一个",
    "invite-link": "显示邀请他人进入的地址和二维码",
    raw: "原样发送一行 IRC",
    quit: "离开",
  },

  params: {
    account: "账号",
    addOrEnd: "add（添加）|end（退出）",
    answer: "[昵称] 内容",
    changes: "更改",
    channel: "#频道",
    command: "命令",
    count: "数量",
    countOrNick: "数量|昵称",
    email: "邮箱",
    emoji: "表情",
    files: "文件...",
    key: "口令",
    line: "一行",
    mask: "掩码",
    name: "名称",
    nick: "昵称",
    nickOrFile: "昵称|文件",
    nickOrMask: "昵称|掩码",
    place: "文件",
    reason: "原因",
    target: "昵称|#频道",
    text: "内容",
    time: "时长",
    which: "编号|网址",
    word: "口令",
    words: "关键词",
  },

  calling: {
    title: (family) => `${family}：`,
    first: "常用命令",
    all: "列出所有命令；/help 加命令名说明其中一个",
    slashes: "发送以 / 开头的内容",
    usage: (line) => `用法：${line}`,
    usageAsking: (line) => `用法：${line}；随后会询问密码`,
    unknown: (name, closest) => `没有命令 /${name}。${closest && `您是想用 /${closest} 吗？`}/help all 列出所有命令。`,
    empty: "以 / 开头的是命令：/help 列出常用命令；想说的话以 / 开头时，请在前面再加一个 /。",
    noCount: (word, most) => `“${word}”不是 1 至 ${most} 的数字。`,
    noMessage: () => "这不是一行 IRC，无法发送。",
    noSecretMessage: "无法发送。",
    cannotAsk: (name) => `/${name} 需要询问密码，这里做不到。`,
    noPassword: (name) => `没有输入密码，/${name} 没有执行。`,
    serverIsAway: (name) => `连接已断开，恢复后再用 /${name}。`,
    noAnswer: "连接断开，没有收到答复。",
    unanswered: (name) => `聊天室没有答复，不知 /${name} 是否已执行。`,
  },

  files: {
    none: "这个聊天室不接受文件。",
    notHere: "这里不能用命令收发文件。",
    notOnPipe: "管道中的行不能收发文件：--send 文件 可发送一个文件。",
  },

  talking: {
    noChannel: (others) =>
      others.length === 0
        ? "您不在任何频道：/join #lobby"
        : `您的话现在不会发给任何人：${others.map((name) => `/to ${name}`).join("、")}，或用 /to 昵称 与一个人说话。`,
    onlyTo: (nick) => `现在只有 ${nick} 能看到您说的话；/to 回到频道。`,
    toAll: (channel) => `${channel} 的所有人都能看到您说的话。`,
    notToYourself: "不能与自己私聊。",
    notOnline: (nick) => `${nick} 不在线。`,
    anotherPerson: (nick) => `这是另一个 ${nick}，不是之前和你聊天的那位。`,
    notToAnother: (nick) => `未发送：这是另一个 ${nick}，不是之前和你聊天的那位。如果要发给现在这位，请再发送一次。`,
    inSeveral: (count) => `内容太长，一条消息放不下，将分成 ${count} 条发送。`,
    notSaidElsewhere: (text) => `没有发送，以免发给别人：${text}`,
    notSaidThere: (talk, text) => `没有发送，因为您已不在 ${talk}：${text}`,
    stillTo: (target) => `您说的话仍然发给 ${target}。`,
    whichIsMeant: (from, other, channel) =>
      `未发送：${from} 单独对您说了话，之后 ${other} 又在 ${channel} 发言。请写明您回复谁。`,
    nobodySaid: (talk) => `${talk} 里还没有人说话。`,
    saidNothing: (nick, talk) =>
      nick === undefined ? `${talk} 里还没有人说话。` : `${nick} 在 ${talk} 里还没有说过话。`,
    nothingToSee: "其中没有可见的内容，因此没有发送。",
    noReactions: "这个聊天室不支持回应。",
    ignoring: (nicks) => nicks.length === 0 ? "您没有屏蔽任何人。" : `您屏蔽了 ${nicks.join("、")}。`,
    ignored: (nick) => `已屏蔽 ${nick}；/unignore ${nick} 可取消。`,
    unignored: (nick) => `不再屏蔽 ${nick}。`,
    notIgnored: (nick) => `您没有屏蔽 ${nick}。`,
    ignoreNotYourself: "不能屏蔽自己。",
  },

  ctcp: {
    asked: (from, channel, what, ctcp) =>
      `${from} ${channel && `向 ${channel} 所有人`}询问${what}（${ctcp}）；不作答复。`,
    what: {
      VERSION: "您的客户端版本",
      CLIENTINFO: "您的客户端能回答什么",
      SOURCE: "您的客户端的来源",
      TIME: "您的电脑的时间",
      PING: "您的客户端的响应速度",
      FINGER: "您的姓名和空闲时间",
      USERINFO: "您的个人信息",
    },
    unknown: (from, channel, ctcp) =>
      `${from} ${channel && `向 ${channel} 所有人`}询问此客户端不认识的内容（${ctcp}）。`,
    empty: (from, channel, text) =>
      `${from} ${channel && `向 ${channel} `}发送了空的客户端询问（CTCP）${text && `：${text}`}`,
    fileOffered: (from, file, ctcp) =>
      `${from} 想通过直接连接发给您文件“${file}”（${ctcp}）：已拒绝，此客户端不建立直接连接。`,
    chatOffered: (from, ctcp) => `${from} 想通过直接连接与您交谈（${ctcp}）：已拒绝，此客户端不建立直接连接。`,
    connectionOffered: (from, ctcp) => `${from} 请求直接连接（${ctcp}）：已拒绝，此客户端不建立直接连接。`,
    answered: (from, command, text) => `${from} 的客户端答复了 CTCP ${command}${text && `：${text}`}`,
    own: (target, ctcp) => `您向 ${target} 发送了 ${ctcp}。`,
    enough: "一分钟内不再显示更多此类请求。",
  },

  memory: {
    noHistory: "这个聊天室不保存历史消息。",
    noneOlder: (talk, isPerson) => `${isPerson ? "与 " : ""}${talk} 没有更早的消息了。`,
    noOlder: "聊天室没有给出更早的消息。",
    noSearch: "聊天室无法搜索。",
    noRemoval: "这个聊天室不支持删除消息。",
    noMessageOf: (nick) => `这里没有可以删除的${nick === undefined ? "您" : ` ${nick} `}的消息。`,
    noName: "聊天室没有给这条消息编号，无法删除。",
  },

  profile: {
    title: (nick) => `您是 ${nick}`,
    displayName: "显示名（/nick）",
    status: "状态（/status）",
    account: "账号（/login）",
    none: "无",
  },

  editing: {
    notOffered: "这个聊天室不支持编辑消息。",
    away: "现在无法连接到聊天室：恢复后才能编辑消息。",
    notEditable: "只能编辑自己的消息，并且只能在发出它的地方编辑。",
    tooOld: (period) => `消息只能在 ${period} 内编辑，这条已经过了时间。`,
    tooLong: "内容太长，一条消息放不下。",
    noMessage: "这里没有可以编辑的您的消息。",
  },

  channels: {
    none: "还没有频道。",
    public: (count) => count === 0 ? "没有这样的频道。" : `${count} 个频道`,
    more: (count) => `还有 ${count} 个：请给出名称或主题里的词`,
    listed: (channel, count, topic) => `${channel}（${count} 人在线）${topic === "" ? "" : `：${topic}`}`,
    noTopic: (channel) => `${channel} 没有主题。`,
    renamed: (by, before, channel, reason) =>
      `${by} 把 ${before} 改名为 ${channel}${reason === "" ? "" : `：${reason}`}`,
    topicCut: "主题太长：聊天室已截去末尾。",
    invited: (nick, channel) => `您邀请了 ${nick} 加入 ${channel}。`,
    mode: (channel, modes) => `${channel} 的模式为 ${modes}`,
  },

  moderation: {
    banned: (who, channel, period) => `${who} 已在 ${channel} 被封禁${lasting(period)}。/unban ${who} 可解除。`,
    muted: (who, channel, period) => `${who} 已在 ${channel} 被禁言${lasting(period)}。/unmute ${who} 可解除。`,
    unbanned: (who, channel) => `${who} 又可以进入 ${channel} 了。`,
    unmuted: (who, channel) => `${who} 又可以在 ${channel} 发言了。`,
    notBanned: (who, channel) => `${channel} 没有对 ${who} 的封禁：/bans 列出全部。`,
    notMuted: (who, channel) => `${channel} 没有对 ${who} 的禁言：/bans 列出全部。`,
    banNotYourself: "不能封禁自己。",
    muteNotYourself: "不能禁言自己。",
    noMutes: "这个聊天室没有禁言，可用 /mode +m 和 /voice 代替。",
    nothingEnds: (command, who) => `这个聊天室不支持限时：请用 /${command} ${who}，之后再用 /un${command} ${who}。`,
    noPeriod: (word) => `“${word}”不是 1m（一分钟）至 365d 的时长。`,
    nobodyBanned: (channel) => `${channel} 没有封禁或禁言任何人。`,
    listed: ({ channel, who, isMute, period, until, by, reason = "" }) => {
      const end = until === undefined ? lasting(period) : till(until);
      const set = by ? `（由 ${by} 设置）` : "";
      return `${who} 在 ${channel} 被${isMute ? "禁言" : "封禁"}${end}${set}${because(reason)}`;
    },
    youAreMuted: ({ channel, by, until, reason }) =>
      `${by} 在 ${channel} 将您禁言${till(until)}${because(reason, "。")}`,
    youAreBanned: ({ channel, by, until, reason }) =>
      `${by} 将您封禁于 ${channel}${till(until)}${because(reason, "。")}`,
    cannotCome: ({ channel, by, until, reason }) =>
      `您不能进入 ${channel}${till(until)}：被 ${by} 封禁${because(reason, "。")}`,
    cannotTalk: ({ channel, isMute, by, until, reason }) =>
      `您不能在 ${channel} 发言${till(until)}：被 ${by} ${isMute ? "禁言" : "封禁"}${because(reason, "。")}`,
    youMayTalk: (channel, by) => `${by === undefined ? "您" : `${by} 让您`}又可以在 ${channel} 发言了。`,
    youMayCome: (channel, by) => `${by === undefined ? "您" : `${by} 让您`}又可以进入 ${channel} 了。`,
    restricted: ({ who, channel, isMute, until, reason, holdsFor }) => {
      const holds = holdsFor ? `对${holdsFor}有效。` : "";
      const [what, command] = isMute ? ["禁言", "unmute"] : ["封禁", "unban"];
      return `${who} 已在 ${channel} 被${what}${till(until)}${inBrackets(reason)}。${holds}/${command} ${who} 可解除。`;
    },
    and: "和",
    holdsFor: {
      account: "其账号",
      device: "其设备",
      address: "其地址的所有人",
      nick: "其地址的这个昵称",
      connection: "其连接",
      name: "用这个昵称的任何人（目前和最近都没有人用它）",
    },
    isOperator: (who, channel) => `${who} 是 ${channel} 的管理员，总能发言：请先 /deop ${who}。`,
    coversYou: (who) => `${who}：这也会针对您自己。`,
    noMask: (word) => `${word} 既不是昵称也不是掩码。`,
    stillCovered: ({ who, whom, isMute }) => {
      const [state, command] = isMute ? ["禁言", "unmute"] : ["封禁", "unban"];
      return whom === undefined
        ? `${who} 仍被${state}：/${command} ${who} 可解除。`
        : `${who} 仍被${state}，因为 ${whom} 被${state}，这也针对其他人：/bans 列出全部。`;
    },
    cannotInvite: (who, channel) => `${who} 被 ${channel} 封禁，邀请不能改变这一点：请先 /unban ${who}。`,
    accountOf: (account) => `账号 ${account}`,
    everybodyAt: (host) => `来自 ${host} 的所有人`,
    deviceOf: (stamp) => `设备 ${stamp}`,
    keySet: (channel, word) => `只有知道口令 ${word} 的人才能加入 ${channel}。`,
    keyRemoved: (channel) => `${channel} 不再需要口令。`,
    limited: (channel, count) => `${channel} 最多 ${count} 人。`,
    unlimited: (channel) => `${channel} 不限人数。`,
  },

  modes: {
    operator: (nick, channel) => `${within(channel)}将 ${nick} 设为管理员`,
    noOperator: (nick, channel) => `${within(channel)}取消了 ${nick} 的管理员`,
    voice: (nick, channel) => `${within(channel)}给了 ${nick} 发言权`,
    noVoice: (nick, channel) => `${within(channel)}取消了 ${nick} 的发言权`,
    banned: (who, channel, period) => `${within(channel)}封禁了 ${who}${lasting(period)}`,
    unbanned: (who, channel) => `${within(channel)}解除了对 ${who} 的封禁`,
    muted: (who, channel, period) => `${within(channel)}禁言了 ${who}${lasting(period)}`,
    unmuted: (who, channel) => `${within(channel)}解除了对 ${who} 的禁言`,
    key: (word, channel) => `只让知道口令 ${word} 的人加入${named(channel)}`,
    noKey: (_word, channel) => `取消了${named(channel)}的口令`,
    limit: (count, channel) => `将${named(channel)}限制为 ${count} 人`,
    noLimit: (_, channel) => `取消了${named(channel)}的人数限制`,
    invited: (_, channel) => `只让受邀请的人加入${named(channel)}`,
    notInvited: (_, channel) => `让未受邀请的人也能加入${named(channel)}`,
    moderated: (_, channel) => `只让有发言权的人在${named(channel)}发言`,
    notModerated: (_, channel) => `让所有人都能在${named(channel)}发言`,
    inside: (_, channel) => `只让${named(channel)}里的人在此发言`,
    notInside: (_, channel) => `让${named(channel)}以外的人也能在此发言`,
    secret: (_, channel) => `向外面的人隐藏了${named(channel)}`,
    notSecret: (_, channel) => `向外面的人显示了${named(channel)}`,
    private: (_, channel) => `将${named(channel)}设为私密`,
    notPrivate: (_, channel) => `将${named(channel)}对所有人开放`,
    topic: (_, channel) => `只让管理员设置${named(channel)}的主题`,
    noTopic: (_, channel) => `让所有人都能设置${named(channel)}的主题`,
    other: (change, channel) => `${within(channel)}设置了模式 ${change}`,
  },

  accounts: {
    passwordOf: (account) => `账号 ${account} 的密码：`,
    passwordFor: (account) => `为账号 ${account} 设置密码：`,
    mayBeRead: (account, address) =>
      `${address} 只接受账号 ${account} 的明文密码，而连接没有加密：该服务器和途中的任何人都能看到密码。仍要发送吗？`,
    onceMore: "再输入一次：",
    notTheSameSo: (question) => `两次输入的密码不同。${question}`,
    wrongSo: (question) => `密码不对。${question}`,
    notTheSame: "两次输入的密码不同，没有注册账号。",
    notMade: (account, why) => `没有注册账号 ${account}：${why}。`,
    none: "这个聊天室没有账号。",
    makesNone: "这个聊天室不能注册账号。",
    loggedIn: (account) => `您已登录账号 ${account}。`,
    saidToBe: (account) => `聊天室称您已登录账号 ${account}。`,
    notLoggedIn: (account, why) => `您没有登录账号 ${account}：${why}。`,
    notLoggedInAgain: (account, why) => `您没有登录账号 ${account}：${why}。/login 可重试。`,
    hint: (nick) => `如果昵称 ${nick} 是您的，请用 /login 输入密码；否则请用“/nick 昵称”另取一个。`,
    nameOfNick: (account) => `这里的账号须与昵称同名：请先 /nick ${account}。`,
    needsEmail: (account) => `这个聊天室还需要邮箱：/register ${account} 邮箱`,
    made: (account) => `账号 ${account} 已注册，您已登录。在别处请用 /login ${account}。`,
    needsCode: (account, text) => `${text}（/raw VERIFY ${account} 验证码，然后 /login ${account}）`,
    unknownWhetherMade: "聊天室没有说明账号是否已注册。",
    lostMeanwhile: (account) => `连接断开，没有收到答复：/login ${account} 可知是否成功。`,
    loginFirst: (name) => `您没有登录账号：请先 /login，再用 /${name}。`,
    oldPasswordOf: (account) => `账号 ${account} 现在的密码：`,
    newPasswordOf: (account) => `账号 ${account} 的新密码：`,
    notTheSameAgain: "两次输入的密码不同，密码没有更改。",
    notChanged: (account, why) => `账号 ${account} 的密码没有更改：${why}。`,
    changed: (account) => `账号 ${account} 的密码已更改，您的所有设备都须使用新密码。`,
    loggedOut: (account, text) => `您不再登录账号 ${account}：聊天室说“${text}”。用 /login 可重新登录。`,
    unknownWhetherChanged: (account) => `聊天室没有说明账号 ${account} 的密码是否已更改：/login ${account} 可知。`,
    dropWarning: (account) =>
      `这将永久删除账号 ${account}：别人可以使用它的昵称，与它一同保存的内容也会消失。如要继续，请输入密码（Ctrl-C 或留空则取消）：`,
    mayDrop: (account) => `这将永久删除账号 ${account}：用它的人会变成新来的人。继续吗？`,
    notAgreed: "您没有同意",
    notDropped: (account, why) => `账号 ${account} 没有删除：${why}。`,
    dropped: (account) => `账号 ${account} 已删除。`,
    unknownWhetherDropped: (account) => `聊天室没有说明账号 ${account} 是否已删除。`,
  },

  devices: {
    ended: (address) => `${address} 不再认得以前的您（您已在别处将它退出，或离开太久）：您将以新的身份进入。`,
    signedOut: (account) => `此设备已退出账号 ${account}。`,
    none: "这个聊天室没有可保持登录的设备。",
    loginFirst: "您没有登录账号：请先 /login，再用 /devices。",
    noName: "请说明密码用于哪个程序：/devices add WeeChat",
    noDevice: "请用名称或编号说明是哪一个：/devices end WeeChat；/devices 可列出它们。",
    passwordOf: (account) => `要为程序生成密码，请输入账号 ${account} 的密码：`,
    notAdded: (name, why) => `没有为 ${name} 生成密码：${why}。`,
    added: (name, secret) => `${name} 的密码，只显示这一次：${secret}`,
    usage: (account) =>
      `用它代替账号 ${account} 的密码。WeeChat：/set irc.server.tea.sasl_username ${account}，密码填入 ` +
      `irc.server.tea.sasl_password。irssi：/network add -sasl_username ${account} -sasl_password 密码 ` +
      "-sasl_mechanism PLAIN tea",
    loggedOutThere: (name) => `${name} 已退出。`,
    unknown: (text) => `没有名称或编号为“${text}”的设备：/devices 可列出它们。`,
    several: (name, ids) => `有几个都叫“${name}”，请用编号说明：${ids}`,
    loggedOut: (account) => `您已在此处退出账号 ${account}。/login 可重新登录。`,
    thisOne: "当前设备",
    isHere: "在线",
    app: "程序密码",
    now: "现在",
    ago: (period) => `${period}前`,
    from: (address) => `来自 ${address}`,
  },

  loginRefusals: {
    none: "这个聊天室没有账号",
    wrong: "密码不正确，或没有这个账号",
    unknownMechanism: (offered) => `聊天室只支持 ${offered}，这里不支持`,
    unencrypted: "聊天室要求明文密码，网络上的其他人能看到，因此没有发送",
    notAgreed: "没有发送密码",
    another: "已开始另一次登录",
    lost: "连接已断开",
    noAnswer: "聊天室没有答复",
    tooLong: "聊天室的答复过长",
    tooMuch: "聊天室要求得太多",
    unreadable: "聊天室的答复无法读取",
    notScram: "聊天室不遵守 SCRAM",
    unproved: "聊天室自己不知道账号的密码",
  },

  general: {
    onlyHere:
      "只有服务器所在机器上的人能进入：它没有供他人使用的地址。运行服务器的人要让别人进入，启动时不加 --host 即可，这样它在所有网络接口上监听；" +
      "如果前面有代理，则用 --url 写明别人打开网页的地址。",
  },

  owners: {
    secretOf: "服务器给出的口令：",
    listed: ({ name, isDevice, since, by }) =>
      `${name} 自 ${since} 起是房主${by === undefined ? "" : `，由 ${by} 指定`}${
        isDevice ? "（没有账号，以设备识别）" : ""
      }`,
    added: (name) => `${name} 现在也是房主，在所有频道都是管理员。/disown ${name} 可取消。`,
    isOne: (name) => `${name} 已是房主。`,
    removed: (name) => `${name} 不再是房主。`,
  },

  operators: {
    passwordOf: (name) => `管理员 ${name} 的密码：`,
    isNone: (why) => `您不是管理员：${why}。`,
    isOne: "您现在是聊天室管理员。",
    isOneNoMore: "您不再是聊天室管理员。",
    noReason: "未说明原因",
    killed: (nick) => `已断开 ${nick} 的连接。`,
    banned: (who, period) => `已禁止 ${who} 进入这个聊天室${lasting(period)}。/glines 可列出，“/ungline 掩码”可解除。`,
    unbanned: (mask) => `${mask} 又可以进入这个聊天室了。`,
    notBanned: (who) => `这个聊天室没有针对 ${who} 的禁令。/glines 可列出全部及其掩码，“/ungline 掩码”可解除。`,
    nobodyBanned: "这个聊天室没有禁止任何人进入。",
    bannedBy: ({ by, who, until, reason }) =>
      `${by} 禁止了 ${who} 进入这个聊天室${till(until)}${because(reason, "。")}`,
    unbannedBy: (by, who) => `${by} 解除了 ${who} 进入这个聊天室的禁令。`,
    listed: ({ mask, until, by, reason }) =>
      `${mask} 被禁止进入这个聊天室${until === undefined ? "" : `，至 ${until}`}${by && `（由 ${by} 设置）`}${
        reason && `：${reason}`
      }`,
  },

  connection: {
    cannotConnect: (address, why) => `无法连接 ${address}：${why}。`,
    cannotComeBack: (address, why) => `无法重新连接 ${address}：${why}。`,
    cannotJoin: (address, why) => `无法进入 ${address}：${why}。`,
    fault: (why) => `聊天室发来的内容有误，已略过（${why}）。`,
    nickInUse: (wanted, nick) => `昵称 ${wanted} 已被占用，您现在是 ${nick}（/nick 可更改）。`,
    ownedNick: (account, nick) => `${account} 是一个账号：您现在是 ${nick}。如果这个账号是您的：/login ${account}`,
    looksLike: (wanted, nick, { other, isAccount }) =>
      `昵称 ${wanted} 与${isAccount ? `账号 ${other}` : `在线的 ${other}`} 太相似，您现在是 ${nick}（/nick 可更改）。`,
    hereAlready: (wanted, nick) => `您已在这里，昵称为 ${nick}，因此不是 ${wanted}：/nick 可在各处更改。`,
    notKnown: (address) => `${address} 不认得以前的您。`,
    shownAs: (nick, displayName) => `您的昵称是 ${nick}，显示为 ${displayName}。`,
    noStatus: "这个聊天室不保存状态。",
    statusIs: (status) => status === "" ? "您没有状态了。" : `您的状态：${status}`,
    notShownAs: (nick, displayName) => `您的昵称是 ${nick}，这里不能显示为 ${displayName}。`,
  },

  disconnections: {
    closed: "聊天室关闭了连接",
    closing: "聊天室正在关闭",
    says: (text) => `聊天室说“${text}”`,
    noAnswer: (seconds) => `${seconds} 秒内没有答复`,
    unwanted: "不再需要",
    silent: "对方接受了连接，但没有回应",
    noIrc: "对方的回应不像 IRC 服务器",
    silentFor: (seconds) => `聊天室 ${seconds} 秒没有回应`,
    password: "密码不正确或没有输入",
    notAllowed: (text) => `不允许您连接：${text}`,
    banned: (text) => `您已被封禁：${text}`,
    nick: (nick) => `${nick} 不能用作昵称：${NICK_RULE}`,
  },

  departures: {
    lost: "连接中断",
    banned: (until, reason) => `被禁止进入这个聊天室${till(until)}${because(reason)}`,
    putOut: (by, reason) => `被 ${by} 移出聊天室${because(reason)}`,
  },

  refusals: {
    noServer: (server) => `没有服务器 ${server}。`,
    noChannel: (channel) => `没有频道 ${channel}。`,
    cannotTalk: (channel, why) => `您不能在 ${channel} 发言：${why}`,
    silenced: {
      b: "您被封禁或禁言。",
      m: "只有管理员给了发言权（/voice）的人才能发言。",
      n: "您不在这个频道。",
    },
    tooManyChannels: (channel) => `无法加入 ${channel}：您加入的频道太多。`,
    nobodyWas: (nick) => `没有叫 ${nick} 的人来过。`,
    tooLong: "这一行太长。",
    unknownCommand: (command) => `聊天室不认识命令 ${command}。`,
    unknownMode: (mode) => `没有模式 ${mode}。`,
    noNick: (nick, _text, why = NICK_RULE) => `${nick} 不能用作昵称：${why}。`,
    nickInUse: (nick) => `昵称 ${nick} 已被占用。`,
    looksLike: (nick, { other, isAccount }) =>
      `昵称 ${nick} 与${isAccount ? `账号 ${other}` : `在线的 ${other}`} 太相似。`,
    nickHeld: (channel) => `您在 ${channel} 被禁言或封禁期间不能更改昵称。`,
    notThere: (nick, channel) => `${nick} 不在 ${channel}。`,
    youAreNotIn: (channel) => `您不在 ${channel}。`,
    alreadyIn: (nick, channel) => `${nick} 已在 ${channel}。`,
    needsMore: (command) => `${command} 缺少参数。`,
    wrongPassword: "密码不正确。",
    bannedFromServer: (text) => `您已被这个聊天室封禁：${text}`,
    bannedFromRoom: (until, reason) => `您被禁止进入这个聊天室${till(until)}${because(reason, "。")}`,
    full: (channel) => `无法加入 ${channel}：人数已满。`,
    inviteOnly: (channel) => `无法加入 ${channel}：只有受邀请的人才能加入，而您现在没有有效的邀请。`,
    banned: (channel) => `无法加入 ${channel}：您已被封禁。`,
    needsKey: (channel) => `无法加入 ${channel}：需要口令（/join ${channel} 口令）。`,
    noChannelName: (channel, why) => `${channel} 不能用作频道名${why ? `：${why}` : ""}。`,
    nameFault: ({ kind, sign, instead }) =>
      NAME_FAULTS[kind](sign) + (instead === undefined ? "" : `；可以用 ${instead}`),
    listFull: (channel) => `${channel} 的名单已满：请先用 /unban 解除一些。`,
    serverOperatorsOnly: "只有聊天室管理员才能这样做。",
    operatorsOnly: (channel) => `只有 ${channel} 的管理员才能这样做。`,
    notServerOperator: "您不能成为这个聊天室的管理员。",
    badKey: (channel, text) => `不能用作 ${channel} 的口令：${text}`,
    badMode: (channel, text) => `${channel} 不能这样设置：${text}`,
    ownModeOnly: "只能更改自己的模式。",
    standard,
  },

  away: {
    is: (nick, text) => `${nick} 已离开：${text}`,
    left: (nick) => `${nick} 现在不在聊天室，回来后会收到这条消息。`,
    mayBeLeft: (nick) => `${nick} 现在不在聊天室，回来后会收到您写的消息。`,
    tooMuchLeft: (nick) => `没有发送：${nick} 不在聊天室，等待 ${nick} 的消息已太多。`,
    noReason: "离开",
    youAre: "您已设为离开。",
    youAreNot: "您已回来。",
  },

  whois: {
    displayName: (displayName) => `显示为 ${displayName}`,
    status: (status) => `的状态：${status}`,
    address: (address, realname) => `的地址是 ${address}（${realname}）`,
    server: (server, text) => `在服务器 ${server}（${text}）`,
    operator: () => "是聊天室管理员",
    idle: (period, since) => `已空闲 ${period}${since === undefined ? "" : `，${since} 上线`}`,
    someTime: "一段时间",
    channels: (channels) => `在频道 ${channels}`,
    account: (account) => `已登录账号 ${account}`,
    bot: () => "是机器人",
    realAddress: (address) => `的真实地址是 ${address}`,
    secure: () => "使用安全连接",
  },

  calls: {
    began: (nick) => `${nick} 发起了通话`,
    ended: (period) => `通话已结束${period === undefined ? "" : `（${period}）`}`,
    call: (period) => `通话${period === undefined ? "" : `，${period}`}`,
    missed: (nick) => `未接来电：${nick}`,
    unanswered: (nick) => `${nick} 没有接听`,
    declined: "已拒绝接听",
    none: "这个聊天室没有通话。",
    notHere: "这里不能用命令加入通话。",
    notIn: (channel) => `您不在 ${channel}，请先 /join 加入。`,
    nobodyCalls: "没有人在呼叫您。",
    callsNot: (nick) => `${nick} 没有在呼叫您。`,
    severalCall: (nicks) => `有几个人在呼叫您：/decline ${nicks.join("、/decline ")}`,
  },

  date: (time, isHour = false) =>
    time.toLocaleString("zh-CN", { ...(isHour ? {} : { dateStyle: "short" }), timeStyle: "short" }),

  units: {
    week: (count) => `${count} 周`,
    day: (count) => `${count} 天`,
    hour: (count) => `${count} 小时`,
    minute: (count) => `${count} 分钟`,
  },

  shortUnits: {
    day: (count) => `${count} 天`,
    hour: (count) => `${count} 小时`,
    minute: (count) => `${count} 分钟`,
    second: (count) => `${count} 秒`,
  },
};
