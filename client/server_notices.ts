/**
 * What the room's server says by NOTICE, in Chinese: such a notice has no code by which it could be translated, so it is known by
 * its words. One that is not known is shown as it came.
 *
 * @module
 */

/** The longest notice that is compared: a server's line is no longer. */
const LONGEST = 512;

/** Units of time as the server names them. */
const UNITS: Record<string, string> = { day: "天", hour: "小时", minute: "分钟", second: "秒" };

/** The server's words (server/commands/welcome.ts, server/room/reservations.ts, server/room/devices.ts), and the same in Chinese. */
const NOTICES: [RegExp, (...parts: string[]) => string][] = [
  [/^This room keeps what is said, to show it to those who join\.$/, () => "聊天室会保存消息，供后来的人查看。"],
  [
    /^This room keeps what is said for (\d{1,9}) (day|hour|minute|second)s?, to show it to those who join\.$/,
    (count, unit) => `聊天室会保存消息 ${count} ${UNITS[unit]}，供后来的人查看。`,
  ],
  [
    /^(\S+) is the nick of an account: log in, or you are given another in (\d{1,9}) s$/,
    (nick, seconds) => `${nick} 是某个账号的昵称：请登录，否则 ${seconds} 秒后您会得到另一个昵称。`,
  ],
  [
    /^(\S+) looks like (\S+), which is the nick of an account: log in, or you are given another in (\d{1,9}) s$/,
    (nick, other, seconds) =>
      `${nick} 看起来像 ${other}，而 ${other} 是某个账号的昵称：请登录，否则 ${seconds} 秒后您会得到另一个昵称。`,
  ],
  [
    /^This device does not stay logged in: the account has (\d{1,9}) app passwords, and must end one first$/,
    (count) => `此设备不会保持登录：账号已有 ${count} 个程序密码，请先退出一个。`,
  ],
  [
    /^That cannot be written now: if the server is started anew before it can, this device is logged in again$/,
    () => "现在无法保存：如果服务器在此之前重新启动，此设备会再次登录。",
  ],
];

/** The account whose nick this person has and is to give back, where a notice of the server tells that. */
export function ownedNickIn(text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  return /^(?:\S+ looks like )?(\S+?)(?:, which)? is the nick of an account: log in, or /.exec(text)?.[1];
}

/** A notice of the server in Chinese; undefined where it is not known. */
export function noticeInChinese(text: string): string | undefined {
  return knownOf(NOTICES, text);
}

function knownOf(known: typeof NOTICES, text: string): string | undefined {
  if (text.length > LONGEST) return undefined;
  for (const [pattern, toChinese] of known) {
    const found = pattern.exec(text);
    if (found !== null) return toChinese(...found.slice(1));
  }
  return undefined;
}
