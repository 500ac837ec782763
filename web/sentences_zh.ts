/**
 * The client's sentences as the page says them, in Chinese. They mean the same as those of web/sentences.ts.
 *
 * @module
 */

import type { Sentences } from "../client/sentences.ts";
import { CHINESE, inBrackets, lasting, till } from "../client/sentences_zh.ts";
import { CHINESE as WORDS } from "./strings_zh.ts";

const LISTED = `人员列表上方的“${WORDS.bans}”列出全部。`;

/** How a ban or a mute is ended. */
const endedBy = (isMute: boolean) => `人员列表上方的“${WORDS.bans}”里可“${isMute ? WORDS.unmute : WORDS.unban}”。`;

const LOGGED_IN_BY = `个人资料里的“${WORDS.logIn}”`;

const RENAMED_BY = `个人资料里的“${WORDS.ownNick}”`;

export const PAGE_CHINESE: Sentences = {
  ...CHINESE,
  refusals: {
    ...CHINESE.refusals,
    needsKey: (channel) => `无法加入 ${channel}：需要口令。`,
  },
  talking: {
    ...CHINESE.talking,
    noChannel: (others) => others.length === 0 ? WORDS.noChannel : "您现在没有对谁说话：请在列表中选择。",
    onlyTo: (nick) => `现在只有 ${nick} 能看到您说的话。`,
    ignored: (nick) => `已隐藏 ${nick} 说的话：在 ${nick} 的菜单里选“${WORDS.unignore}”可取消。`,
    unignored: (nick) => `不再隐藏 ${nick} 说的话。`,
  },
  moderation: {
    ...CHINESE.moderation,
    banned: (who, channel, period) => `${who} 已在 ${channel} 被封禁${lasting(period)}。${endedBy(false)}`,
    muted: (who, channel, period) => `${who} 已在 ${channel} 被禁言${lasting(period)}。${endedBy(true)}`,
    notBanned: (who, channel) => `${channel} 没有对 ${who} 的封禁。${LISTED}`,
    notMuted: (who, channel) => `${channel} 没有对 ${who} 的禁言。${LISTED}`,
    restricted: ({ who, channel, isMute, until, reason, holdsFor }) => {
      const holds = holdsFor ? `对${holdsFor}有效。` : "";
      return `${who} 已在 ${channel} 被${isMute ? "禁言" : "封禁"}${till(until)}${inBrackets(reason)}。${holds}${
        endedBy(isMute)
      }`;
    },
    isOperator: (who, channel) =>
      `${who} 是 ${channel} 的管理员，总能发言：请先在其菜单里选“${WORDS.unmakeOperator}”。`,
    stillCovered: ({ who, whom, isMute }) => {
      const state = isMute ? "禁言" : "封禁";
      return whom === undefined
        ? `${who} 仍被${state}。${endedBy(isMute)}`
        : `${who} 仍被${state}，因为 ${whom} 被${state}，这也针对其他人。${LISTED}`;
    },
    cannotInvite: (who, channel) => `${who} 被 ${channel} 封禁，邀请不能改变这一点。${endedBy(false)}`,
  },
  accounts: {
    ...CHINESE.accounts,
    notLoggedInAgain: (account, why) => `您没有登录账号 ${account}：${why}。${LOGGED_IN_BY}可重试。`,
    hint: (nick) => `如果昵称 ${nick} 是您的，请用${LOGGED_IN_BY}输入密码；否则请用${RENAMED_BY}另取一个。`,
    nameOfNick: (account) => `这里的账号须与昵称同名：请先用${RENAMED_BY}改为 ${account}。`,
    made: (account) => `账号 ${account} 已注册，您已登录。在别处用它的名称和密码登录。`,
    lostMeanwhile: () => `连接断开，没有收到答复：${LOGGED_IN_BY}可知是否成功。`,
    loginFirst: () => `您没有登录账号：请先用${LOGGED_IN_BY}。`,
    loggedOut: (account, text) => `您不再登录账号 ${account}：聊天室说“${text}”。用${LOGGED_IN_BY}可重新登录。`,
    unknownWhetherChanged: (account) => `聊天室没有说明账号 ${account} 的密码是否已更改：${LOGGED_IN_BY}可知。`,
    dropWarning: (account) =>
      `这将永久删除账号 ${account}：别人可以使用它的昵称，与它一同保存的内容也会消失。如要继续，请输入密码：`,
  },
  operators: {
    ...CHINESE.operators,
    banned: (who, period) => `已禁止 ${who} 进入这个聊天室${lasting(period)}。${endedBy(false)}`,
    notBanned: (who) => `这个聊天室没有针对 ${who} 的禁令。${LISTED}`,
  },
  connection: {
    ...CHINESE.connection,
    nickInUse: (wanted, nick) => `昵称 ${wanted} 已被占用，您现在是 ${nick}。用${RENAMED_BY}可更改。`,
    ownedNick: (account, nick) => `${account} 是一个账号：您现在是 ${nick}。如果这个账号是您的，请登录。`,
    looksLike: (wanted, nick, { other, isAccount }) =>
      `昵称 ${wanted} 与${
        isAccount ? `账号 ${other}` : `在线的 ${other}`
      } 太相似，您现在是 ${nick}。用${RENAMED_BY}可更改。`,
    hereAlready: (wanted, nick) => `您已在这里，昵称为 ${nick}，因此不是 ${wanted}。用${RENAMED_BY}可在各处更改。`,
  },
  devices: {
    ...CHINESE.devices,
    loginFirst: `您没有登录账号：请先用${LOGGED_IN_BY}。`,
    loggedOut: (account) => `您已在此处退出账号 ${account}。`,
  },
};
