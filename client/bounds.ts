/**
 * How much a client keeps at most of what a server sends: a malicious server must not fill the memory of this machine. The
 * bounds are large enough for a room of 10,000 people. Sizes are in UTF-16 units, which take one or two bytes each.
 *
 * @module
 */

export const BOUNDS = {
  /** Characters of what names the person with whom a private message was exchanged. */
  peer: 40,
  /** The length of a nick or a channel's name, and of a `user@host`. */
  name: 200,
  userhost: 400,
  /**
   * The length of a name in the form in which it is compared. That may be 18 times as long as the name; the bound holds for all
   * names of 49 characters, the longest of our server.
   */
  folded: 900,
  /** The length of a msgid (IRCv3 message-ids). */
  msgid: 200,
  /** Joined channels, and talks with people; talks with strangers are forgotten first. */
  channels: 1_000,
  privateTalks: 200,
  /** People in one channel, in all channels together (counted in each), and the size of what is known of them. */
  members: 20_000,
  allMembers: 50_000,
  membersSize: 20 * 1024 * 1024,
  /** People whose display names and status are kept, and the characters of each. */
  profiles: 20_000,
  profileLength: 60,
  /** The length of a channel's key; a longer key is not kept. */
  key: 200,
  /** Lines of a talk. Lines that a person asks for may exceed that until `Talk.trim`. */
  lines: 10_000,
  /** Size of all lines of all talks together, with all reactions; the longest talk is shortened first. */
  allLines: 32 * 1024 * 1024,
  /** Different reactions to one line, characters of one reaction, and reactions of all people to one line. */
  reactions: 50,
  reactionLength: 40,
  reactors: 1_000,
  /** Reactions to lines that are not there (yet), of one talk. */
  pending: 500,
  /** People who are shown as typing in one talk, and in all. */
  typists: 50,
  allTypists: 500,
  /** Tokens of RPL_ISUPPORT, the size of a value, and ranks. */
  tokens: 200,
  tokenLength: 500,
  ranks: 20,
  /** Open batches, messages in one of them, and the size of all their messages. */
  batches: 100,
  batchMessages: 5_000,
  batchSize: 8 * 1024 * 1024,
  /** Messages of several lines that have begun and not ended, and the size of all of them. */
  multilines: 20,
  multilineSize: 64 * 1024,
  /** Replies to lines that are not confirmed yet, and their size. */
  replies: 20_000,
  replySize: 8 * 1024 * 1024,
  /** Events that wait for the history of their talk, and their size. */
  held: 2_000,
  heldSize: 4 * 1024 * 1024,
  /** Size of the missed lines of all talks that wait for the rest of them; beyond it they are told in parts. */
  missedSize: 8 * 1024 * 1024,
  /** Calls, people in one of them, and servers that help them to reach each other. */
  calls: 200,
  callMembers: 200,
  iceServers: 8,
  /** Texts of a greeting. */
  greeting: 500,
  /** Bytes that wait to be sent; a server that takes no more is left. */
  unsent: 1024 * 1024,
  /** Bytes of a line of a server. */
  line: 16 * 1024,
} as const;
