/**
 * The client's sentences as the page says them, in English. Where the client's own name a command by which something is done,
 * these name the button: people at the page need to know no command.
 *
 * @module
 */

import { ENGLISH, inBrackets, lasting, type Sentences, till } from "../client/sentences.ts";
import { ENGLISH as WORDS } from "./strings.ts";

const LISTED = `"${WORDS.bans}", above the people, lists all.`;

/** How a ban or a mute is ended. */
const endedBy = (isMute: boolean) =>
  `"${isMute ? WORDS.unmute : WORDS.unban}" in "${WORDS.bans}", above the people, ends that.`;

const LOGGED_IN_BY = `"${WORDS.logIn}" in your profile`;

const RENAMED_BY = `"${WORDS.ownNick}" in your profile`;

/** They are typed as all sentences are, so that what is left out is the client's. */
export const PAGE_ENGLISH: Sentences = {
  ...ENGLISH,
  refusals: {
    ...ENGLISH.refusals,
    needsKey: (channel) => `You cannot join ${channel} without its password.`,
  },
  talking: {
    ...ENGLISH.talking,
    noChannel: (others) => others.length === 0 ? WORDS.noChannel : "You talk to nobody now: choose a talk in the list.",
    onlyTo: (nick) => `Only ${nick} gets what you say.`,
    ignored: (nick) => `What ${nick} says is hidden: "${WORDS.unignore}" in the menu of ${nick} ends that.`,
    unignored: (nick) => `What ${nick} says is hidden no longer.`,
  },
  moderation: {
    ...ENGLISH.moderation,
    banned: (who, channel, period) => `${who} is banned from ${channel}${lasting(period)}. ${endedBy(false)}`,
    muted: (who, channel, period) => `${who} cannot talk in ${channel}${lasting(period)}. ${endedBy(true)}`,
    notBanned: (who, channel) => `No ban in ${channel} is for ${who}. ${LISTED}`,
    notMuted: (who, channel) => `No mute in ${channel} is for ${who}. ${LISTED}`,
    restricted: ({ who, channel, isMute, until, reason, holdsFor }) => {
      const holds = holdsFor ? ` This holds for ${holdsFor}.` : "";
      const what = isMute ? "cannot talk in" : "is banned from";
      return `${who} ${what} ${channel}${till(until)}${inBrackets(reason)}.${holds} ${endedBy(isMute)}`;
    },
    isOperator: (who, channel) =>
      `${who} is an operator of ${channel}, who can always talk: "${WORDS.unmakeOperator}" in their menu first.`,
    stillCovered: ({ who, whom, isMute }) => {
      const state = isMute ? "muted" : "banned";
      return whom === undefined
        ? `${who} is still ${state}. ${endedBy(isMute)}`
        : `${who} is still ${state}, as ${whom} is, which is for others as well. ${LISTED}`;
    },
    cannotInvite: (who, channel) =>
      `${who} is banned from ${channel}, and an invitation does not change that. ${endedBy(false)}`,
  },
  accounts: {
    ...ENGLISH.accounts,
    notLoggedInAgain: (account, why) => `You are not logged in as ${account}: ${why}. ${LOGGED_IN_BY} tries again.`,
    hint: (nick) => `If ${nick} is yours, ${LOGGED_IN_BY} asks for its password; else ${RENAMED_BY} gives you another.`,
    nameOfNick: (account) =>
      `An account has the name of your nick here: first make ${account} your nick, by ${RENAMED_BY}.`,
    made: (account) =>
      `The account ${account} is yours, and you are logged in. Elsewhere you log in by its name and password.`,
    lostMeanwhile: () => `The connection was lost before there was an answer: ${LOGGED_IN_BY} tells whether it worked.`,
    loginFirst: () => `You are not logged in to an account: ${LOGGED_IN_BY} first.`,
    loggedOut: (account, text) =>
      `You are no longer logged in as ${account}: the room says "${text}". ${LOGGED_IN_BY} asks for its password.`,
    unknownWhetherChanged: (account) =>
      `The room did not say whether ${account} has the new password: ${LOGGED_IN_BY} tells it.`,
    dropWarning: (account) =>
      `This removes the account ${account} for good: its nick is free for others, and what was kept with it is gone. ` +
      `Its password, to go on:`,
  },
  operators: {
    ...ENGLISH.operators,
    banned: (who, period) => `${who} is banned from this room${lasting(period)}. ${endedBy(false)}`,
    notBanned: (who) => `No ban from this room is for ${who}. ${LISTED}`,
  },
  connection: {
    ...ENGLISH.connection,
    nickInUse: (wanted, nick) => `The nick ${wanted} is in use: you are ${nick}. ${RENAMED_BY} changes it.`,
    ownedNick: (account, nick) =>
      `${account} is an account: you are ${nick} now. If the account is yours, log in to it.`,
    looksLike: (wanted, nick, { other, isAccount }) =>
      `The nick ${wanted} looks like ${other}, ${
        isAccount ? "which is an account" : "who is here"
      }: you are ${nick}. ` +
      `${RENAMED_BY} changes it.`,
    hereAlready: (wanted, nick) =>
      `You are here already, as ${nick}, so you are not ${wanted}. ${RENAMED_BY} changes it everywhere.`,
  },
  devices: {
    ...ENGLISH.devices,
    loginFirst: `You are not logged in to an account: ${LOGGED_IN_BY} first.`,
    loggedOut: (account) => `You are logged out of ${account} here.`,
  },
};
