/**
 * The words of the terminal itself, in Chinese. They mean the same as those of terminal/strings.ts. Pure.
 *
 * @module
 */

import { noticeInChinese } from "../client/server_notices.ts";
import type { Strings } from "./strings.ts";

const because = (reason: string) => reason === "" ? "" : `：${reason}`;
/** A nick before a verb; undefined: the reader. */
const orYou = (nick: string | undefined) => nick === undefined ? "您" : `${nick} `;
const online = (count: number) => `（${count} 人在线）`;

/** What follows a flag, by its English. */
const OPERANDS: Record<string, string> = {
  "NICK": "昵称",
  "HOST[:PORT]": "主机[:端口]",
  "FINGERPRINT": "指纹",
  "NAME": "名称",
  "[ACCOUNT]": "[账号]",
  "FILE": "文件",
  "FOLDER": "文件夹",
  "HOW": "方式",
  "[WORD]": "[密码]",
  "[SECRET]": "[口令]",
  "ADDRESS": "网址",
};

/** Why something cannot be done, by the class of the runtime's error, or by its code (errno). */
const REASONS: Record<string, string> = {
  AddrNotAvailable: "地址不可用",
  BrokenPipe: "连接已断开",
  ConnectionAborted: "连接已中止",
  ConnectionRefused: "连接被拒绝",
  ConnectionReset: "连接被对方重置",
  EACCES: "没有权限",
  ECONNREFUSED: "连接被拒绝",
  ECONNRESET: "连接被对方重置",
  EHOSTUNREACH: "无法到达主机",
  EISDIR: "这是一个文件夹",
  ENETUNREACH: "无法到达网络",
  ENOENT: "没有这个文件或文件夹",
  ENOSPC: "磁盘已满",
  ENOTDIR: "路径中有一部分不是文件夹",
  ENOTFOUND: "找不到这个主机",
  EROFS: "磁盘是只读的",
  ETIMEDOUT: "没有答复",
  HostUnreachable: "无法到达主机",
  IsADirectory: "这是一个文件夹",
  NetworkUnreachable: "无法到达网络",
  NotADirectory: "路径中有一部分不是文件夹",
  NotFound: "没有这个文件或文件夹",
  PermissionDenied: "没有权限",
  TimedOut: "没有答复",
  UnexpectedEof: "连接意外结束",
};

/** The runtime has no class for a host whose address is not found. */
const NO_HOST = /failed to lookup address/i;

export const CHINESE: Strings = {
  flags: {
    nick: "您的名字；默认：上次在那里用的名字，没有则询问；用管道时为 guest-1234；'Ms Chen' 即 Ms_Chen",
    server: (address) => `服务器；默认 ${address}；IPv6 写作 [::1]:8888；tls://主机 同 --tls，tcp://主机 不用 TLS`,
    tls: (port) => `只用 TLS 连接，端口默认为 ${port}；不写则在服务器提供 TLS 时使用`,
    pin: "今后用来认出聊天室的签发机构的 SHA-256 指纹；默认：第一次时询问",
    channel: (channel) => `要加入的频道，可以不写 #；默认 ${channel}`,
    login: "登录您的账号，默认与昵称同名；随后会询问密码",
    "login-password-file": "存有账号密码的文件；或设置 TEAHOUSE_LOGIN_PASSWORD",
    password: "聊天室的密码，这台机器上的其他人能看到；只写 --password 则询问",
    "password-file": "存有聊天室密码的文件，或设置 TEAHOUSE_PASSWORD：别人看不到；默认：无",
    owner: "用服务器给出的口令成为房主；只写 --owner 则询问",
    "owner-file": "存有该口令的文件；或设置 TEAHOUSE_OWNER",
    send: "不用提示符，向频道发送一个文件后结束；退出码说明是否已发送",
    downloads: "/get 下载到哪里；默认：您的 Downloads 文件夹，没有则为当前文件夹",
    images: "auto、none、blocks、sixel 或 kitty：怎样显示图片；默认：按终端所能",
    window: "用已安装的 Chromium、Edge 或 Chrome 在单独的窗口中打开该网址的网页",
    "no-device": "以新的身份进入，不保存任何让服务器下次认出您的内容",
    "no-color": "不用颜色（NO_COLOR 也可以）；默认：在终端中使用颜色",
    lang: "终端的语言，中文或英文；默认：由 LC_ALL、LC_MESSAGES 或 LANG 决定",
    help: "显示这份说明",
    version: "显示版本",
  },

  operand: (operand) => Object.hasOwn(OPERANDS, operand) ? OPERANDS[operand] : operand,

  help: {
    title: "在终端中进入聊天室。",
    more: `在提示符后输入 /help 可列出所有命令。用管道输入时，每行都会发送；以命令开头的行（/to alice）会执行该命令，
// 用于发送以 / 开头的内容，其余都是内容。要全部作为内容发送：sed 's|^/|//|'。全部送达后结束，
退出码为 0；有内容被拒绝或服务器不在时为 1；参数有误时为 2。`,
  },

  usage: {
    unknownFlag: (arg) => `没有参数 ${arg}；--help 列出所有参数`,
    unknownArgument: (arg) => `不认识 ${arg}；--help 列出所有参数`,
    noValue: "需要一个值",
    noLanguage: (text) => `只能是 zh（中文）或 en（英文），不能是“${text}”`,
    noServer: (text, why) => `不能使用服务器“${text}”：${why}`,
    noScheme: "要用 TLS 请写 tls://，否则请写 主机:端口",
    noHost: (hostname) => `“${hostname}”不是主机名；请写 主机 或 主机:端口`,
    noIpv6: (address) => `“${address}”不是 IPv6 地址；请写 [地址]:端口`,
    noPort: (port) => `端口“${port}”不在 1 至 65535 之间`,
    noImages: (text) => `只能是 auto、none、blocks、sixel 或 kitty，不能是“${text}”`,
    noFolder: (text) => `必须是已有的文件夹，不能是“${text}”`,
    noFingerprint: (text) => `“${text}”不是 SHA-256 指纹：请将 32 个字节写作 AB:CD:...`,
    noPage: (text) => `必须是网页的地址，如 https://tea.example/，不能是“${text}”`,
    secretInPage: "不能含有口令或密码：这台机器上的其他人能看到程序启动时的参数",
    noNick: (nick, rule, why) => `“${nick}”不能用作昵称：${rule}（${why}）`,
    noChannel: (text, why) => `“${text}”不能用作频道名：${why}`,
    oneIsEnough: (one, other) => `${one} 和 ${other} 只需要一个`,
    noLogin: "--login-password-file 是账号的密码，账号由 --login 指定",
    pinIsForTls: "--pin 用于 TLS，而 tcp:// 不用 TLS",
    passwordNeedsTerminal: "没有终端可以询问时，--password 需要一个值",
    ownerNeedsTerminal: "没有终端可以询问时，--owner 需要一个值",
    loginNeedsTerminal: "--login 会询问密码，这需要终端；--login-password-file 则不需要",
  },

  passwords: {
    empty: (from) => `${from} 里没有密码`,
    long: (from, bytes) => `${from} 的内容超过了密码最长的 ${bytes} 字节`,
    lines: (from) => `${from} 的内容不止一行，或含有 NUL`,
    unreadable: (from, why) => `无法读取 ${from}：${why}`,
    noText: (from) => `${from} 不是 UTF-8`,
  },

  reason: (kind, text) => {
    if (NO_HOST.test(text)) return REASONS.ENOTFOUND;
    return Object.hasOwn(REASONS, kind) ? REASONS[kind] : text;
  },

  questions: {
    nick: (suggestion) => `您的昵称 [${suggestion}]：`,
    nickRule: "昵称由各种文字、数字和 -_[]\\`^{}| 组成，不能以数字或 - 开头，最多 30 个字符",
    noNick: (nick, rule) => `“${nick}”不能用作昵称：${rule}。`,
    because: (why) => `（${why}）`,
    passwordOf: (address) => `${address} 的密码：`,
    unknownRoom: (address) => `第一次连接 ${address}。它的签发机构的 SHA-256 指纹：`,
    isItTheRoom: "这与服务器显示的一致吗？[y/N]",
    confirm: (question) => `${question}（yes 或 no，直接按回车为 no）`,
  },

  way: {
    another: "--server 主机:端口 可指定另一个服务器。",
    connecting: (address, nick, isAsBefore) => `正在以 ${nick} ${isAsBefore ? "（与上次相同）" : ""}连接 ${address}……`,
    noTls: (address, why) => `无法用 TLS 连接 ${address}：${why}。`,
    talksNoTls: "它在这个端口上不使用 TLS",
    noCertificate: "它没有出示证书",
    closed: "它关闭了连接",
    unknownAuthority: "但这里不认得它的签发机构",
    failing: (why) => `但连接失败：${why}`,
    unencrypted: (address, port, why, tls) =>
      `${address} 在端口 ${port} 提供 TLS，${why}。因此这次连接没有加密；--server tls://${tls} 会说明详情。`,
    offersNone: (address) => `${address} 不提供 TLS，而 --pin 用于 TLS。没有发送任何内容。`,
    lostTls: (hostname, port, address) =>
      `${hostname} 以前在端口 ${port} 使用 TLS，而 ${address} 不提供：可能有人在窃听。没有发送任何内容。`,
    withTls: (address) => `--server tls://${address} 使用 TLS`,
    withoutTls: (address) => `--server tcp://${address} 仍然不用 TLS`,
    isAnother: (address) => `${address} 与以前不是同一个服务器：可能有人在窃听，或聊天室已重新设置。`,
    isNotPinned: (address) => `${address} 的指纹与 --pin 给出的不同。`,
    nobodyToAsk: (address) => `第一次连接 ${address}，而没有人可以询问。它的签发机构的 SHA-256 指纹：`,
    pinIt: "如果与服务器显示的一致，请加上：",
    notAccepted: (address) => `您没有接受 ${address} 的指纹。没有发送任何内容。`,
    nothingSent: (problem) => `${problem}没有发送任何内容。`,
    expected: "应为：",
    presented: "实为：",
    askTheOwner: "请询问房主。如果后者是对的，这样可以接受它：",
    notFor: (hostname) => `服务器的证书不适用于 ${hostname}：它属于其他名称，或已过期。没有发送任何内容。`,
    itsAuthority: "它的签发机构：",
  },

  files: {
    damaged: (address, path) => `${path} 中 ${address} 的一行已损坏：请删除它`,
    unwritable: (path, why) => `无法写入 ${path}：${why}`,
    unreadable: (path, why) => `无法读取 ${path}：${why}`,
    noFile: "它不是文件",
    large: (bytes) => `它大于 ${bytes} 字节`,
    notKnownNextTime: (folder, why) => `下次服务器将认不出您：无法写入 ${folder}（${why}）。`,
  },

  transfers: {
    waiting: "连接已断开，正在重试",
    left: (time) => `剩余 ${time}`,
    stops: "（Ctrl-C 停止）",
    queued: (count) => `（另有 ${count} 个在等待）`,
    picture: (width, height) => `图片 ${width}x${height}`,
    video: (width, height) => `视频 ${width}x${height}`,
    voice: (length) => length === "" ? "语音消息" : `语音消息，${length}`,
    card: (name, facts, url) => `${name}${facts === "" ? "" : `（${facts}）`} ${url}`,
    between: "，",
    shown: (name, from) => `${from} 发送的 ${name}：`,
    noPaths: "请写明文件：/send 茶.jpg",
    oneVoice: "请写明一个声音文件：/voice 茶.ogg",
    noSound: (name) =>
      `${name} 没有发送：它不是可以作为语音消息的声音文件（Ogg、WebM、M4A、MP3、AAC、WAV、FLAC）；用 /send 可以发送任何文件。`,
    noFile: (path) => `没有文件 ${path}。`,
    folder: (path) => `${path} 是文件夹：请逐个发送其中的文件，或压缩后发送。`,
    special: (path) => `${path} 不是可以发送的文件。`,
    empty: (path) => `${path} 是空的。`,
    unreadable: (path, why) => `无法读取 ${path}：${why}。`,
    changed: (name) => `${name} 没有发送：文件在发送时有改动，或无法读取。`,
    notConnected: (name) => `${name} 没有发送：服务器不在。`,
    insecureHost: (name, url) => `${name} 没有发送：聊天使用 TLS，而服务器要求不用 TLS 发送文件（${url}）。`,
    noPermit: (name, why) => `${name} 没有发送：${why === "" ? "服务器没有答复" : why}。`,
    refused: (name, why) => `${name}：${why}。`,
    status: (code, text) => {
      const meanings: Record<number, string> = {
        401: "服务器不知道是谁发送的",
        403: "服务器不允许",
        404: "文件不在那里，或已被删除",
        410: "文件已不在那里",
        413: "文件太大，服务器不接受",
        415: "服务器不接受这类文件",
        416: "文件比原来短",
        422: "文件已损坏，或因内容被拒绝",
        429: "一次太多，请稍后再试",
        503: "服务器暂时没有空，请稍后再试",
        507: "服务器上没有空间了",
      };
      const meaning = Object.hasOwn(meanings, code) ? meanings[code] : "服务器拒绝";
      return `${meaning}（${code}${text === "" ? "" : `，${text}`}）`;
    },
    tooLarge: (name, size, most) => `${name} 没有发送：文件有 ${size}，而服务器最多接受 ${most}。`,
    noAddress: (name) => `${name}：看不懂服务器的答复。`,
    untrusted: (name, host) => `${name}：${host} 的证书无效，没有发送任何内容。`,
    unreachable: (name, host, why) => `${name}：无法连接 ${host}：${why}。`,
    stopped: (name) => `${name}：已停止，没有发送。`,
    stoppedGet: (name) => `${name}：已停止；再次 /get 会从停下的地方继续。`,
    notSaid: (name, target) => `${name} 已上传，但无法在 ${target} 中发出，因此又删除了。`,
    noneHere: (target) => `在已加载的 ${target} 消息中没有文件。`,
    list: (target) => `${target} 中的文件：`,
    noNumber: (text) => `“${text}”不是列表中的编号，也不是网址；/files 列出文件。`,
    saved: (path, size) => `已下载 ${path}（${size}）。`,
    noPlace: (folder) => `没有文件夹 ${folder}。`,
    unwritable: (folder, why) => `无法写入 ${folder}：${why}。`,
    tooMany: (most) => `已有 ${most} 个文件在等待：请等它们完成后再发送。`,
  },

  window: {
    failed: (browser, code) => `${browser} 以退出码 ${code} 结束，没有打开窗口。`,
    noBrowser: (address) => `--window 需要 Chromium、Edge 或 Chrome，但都没有安装。任何浏览器都能打开 ${address}`,
  },

  prompt: {
    onceMore: "再按一次 Ctrl-C 离开。",
    isBehindArrow: (beginning) => `按上箭头可取回：${beginning}`,
    maySend: (count, target) => `${target === undefined ? "" : `向 ${target} `}发送这 ${count} 行吗？`,
    maySendThis: (target) => `${target === undefined ? "" : `向 ${target} `}发送这一行吗？`,
    notSentThis: "没有发送。",
    notSent: (count) => `没有发送：${count} 行。`,
    isKept: (text) => `已保留，待服务器恢复后发送：${text}`,
    onTheirWay: (count) => `正在发送 ${count} 行，每秒 4 行。`,
    away: (nick) => `${nick}（离开）`,
    nobody: "（无人）",
    typing: (label, nicks) => `${label}（${nicks} 正在输入）`,
    undelivered: (count, isShown) => `有 ${count} 行没有送达${isShown ? "：" : "。"}`,
    unreadable: (why) => `无法读取要发送的内容：${why}`,
    leftOut: (count) => `（略去了 ${count} 行：没有人读取）`,
  },

  happenings: {
    toSomebody: (nick) => `您 -> ${nick}`,
    toYou: (nick) => `${nick} -> 您`,
    edited: (line) => `${line}（已编辑）`,
    removed: "（已删除）",
    joined: (nick, channel, count) => `${nick} 进入了 ${channel}${online(count)}`,
    left: (nick, channel, count, reason) => `${nick} 离开了 ${channel}${online(count)}${because(reason)}`,
    youLeft: (channel) => `您离开了 ${channel}`,
    kicked: (by, nick, channel, count, reason) =>
      `${by} 将 ${nick} 踢出了 ${channel}${online(count)}${because(reason)}`,
    youWereKicked: (by, channel, reason) => `${by} 将您踢出了 ${channel}${because(reason)}`,
    offline: (nick, count, reason) => `${nick} 下线了${online(count)}${because(reason)}`,
    renamed: (nick, renamed) => `${nick} 改名为 ${renamed}`,
    youAreNow: (nick) => `您现在是 ${nick}`,
    topicIs: (channel, topic) => `${channel} 的主题：${topic}`,
    topicSet: (by, topic) => topic === "" ? `${by} 清除了主题` : `${by} 设置了主题：${topic}`,
    serverSays: (text) => noticeInChinese(text) ?? text,
    and: "，并",
    reacted: (from, reaction, about) =>
      `${orYou(from)}${about === undefined ? `回应了 ${reaction}` : `用 ${reaction} 回应了：${about}`}`,
    tookBack: (from, reaction, about) => `${orYou(from)}收回了 ${reaction}${because(about ?? "")}`,
    messageRemoved: (by, of, when, reason) =>
      `${orYou(by)}删除了一条${of === undefined ? "" : ` ${of} 的`}消息，发于 ${when}${because(reason)}`,
    isAway: (nick, reason) => `${nick} 已离开${because(reason)}`,
    isBack: (nick) => `${nick} 已回来`,
    invitesYou: (by, channel) => `${by} 邀请您：/join ${channel}`,
    invites: (by, nick, channel) => `${by} 邀请 ${nick} 加入 ${channel}`,
    names: (channel, count, names) => `${channel}：${count} 人在线：${names}`,
    nameAway: (name) => `${name}（离开）`,
    betweenNames: "、",
    connected: (server, nick, isAgain) => `已${isAgain ? "重新" : ""}连接到 ${server}，您是 ${nick}`,
    disconnected: (why, seconds) => `连接断开：${why}。${seconds} 秒后重试；您写的内容会保留。`,
  },

  calls: {
    howToJoin: (text) => `${text}：/call 打开通话`,
    goesOn: "这里正在通话",
    ring: (nick) => `${nick} 呼叫您：/call ${nick} 打开网页，/decline 不接听`,
    takenElsewhere: (nick) => `${nick} 的呼叫已在别处接听或拒绝`,
    nobody: (channel) => `${channel} 里没有人在通话。`,
    notWith: (nick) => `您没有在与 ${nick} 通话。`,
    rings: (nick) => `${nick} 正在呼叫您。`,
    inCall: (target, members, period) =>
      `${target} 的通话${period === undefined ? "" : `（已 ${period}）`}：${members}`,
    member: (nick, notes) => `${nick}（${notes}）`,
    muted: "静音",
    hand: "举手",
    video: "摄像头",
    screen: "屏幕",
    here: (page, isOpened) => `${isOpened ? "正在浏览器中打开" : "请在浏览器中打开"}：${page}`,
    noPage: "通话需要 https 网页，而这个聊天室没有。",
    asGuest: (nick) => `您没有账号，网页不知道您是 ${nick}：请在那里通过对方名字的菜单呼叫。`,
  },

  history: {
    missed: (talk) => `您离开期间：${talk}`,
    older: (talk, isFirst) => `${talk} 更早的消息${isFirst ? "，从第一条开始" : ""}`,
    backToNow: "回到现在",
    moreLines: (count) => `……还有 ${count} 行`,
    found: (count, text, isAll, loaded) => {
      const among = loaded === undefined ? "" : `（只找了这里已加载的 ${loaded} 的消息：此服务器不能搜索）`;
      if (count === 0) return `没有找到“${text}”${among}。`;
      return `找到${isAll ? "" : "最后"} ${count} 条“${text}”${among}：`;
    },
    day: (time) =>
      time.toLocaleDateString("zh-CN", { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  },
};
