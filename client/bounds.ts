/**
 * What a client keeps of what a server sends, at most: a server may be malicious, and must not fill the memory of this
 * machine. Large enough for a room of 10,000 people. Sizes are in UTF-16 units, which take one or two bytes each.
 *
 * @module
 */

export const BOUNDS = {
  /** A nick or a channel's name, and a `user@host`; what is longer is none. */
  name: 200,
  userhost: 400,
  /** A name as it is compared, which may be 18 times as long: what is longer is none. Room for all 49 characters that ours have. */
  folded: 900,
  /** A message's own name (IRCv3 message-ids); what is longer is none. */
  msgid: 200,
  /** Channels that are joined, and talks with people, of which those with strangers are forgotten first. */
  channels: 1_000,
  privateTalks: 200,
  /** People in one channel, and in all together, each counted in every channel; and the size of what is known of all. */
  members: 20_000,
  allMembers: 50_000,
  membersSize: 20 * 1024 * 1024,
  /** The word that a channel is joined with; what is longer is not kept. */
  key: 200,
  /** Lines of a talk. What a person loads by hand may exceed that until `Talk.trim`. */
  lines: 10_000,
  /** Size of all lines of all talks together, with all reactions, those to lines that are not there too; the longest talk is shortened first. */
  allLines: 32 * 1024 * 1024,
  /** Different reactions to one line, characters of one, and people who have reacted to one line, each time counted. */
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
  /** Batches that are open, messages in one that is collected, and the size of all that are. */
  batches: 100,
  batchMessages: 5_000,
  batchSize: 8 * 1024 * 1024,
  /** Messages that answer what was sent and is not confirmed yet, and their size. */
  replies: 20_000,
  replySize: 8 * 1024 * 1024,
  /** Events that wait for the history of their talk, and their size. */
  held: 2_000,
  heldSize: 4 * 1024 * 1024,
  /** Size of what was missed and waits for the rest of it, in all talks; past it, it is told in parts. */
  missedSize: 8 * 1024 * 1024,
  /** Texts of a greeting. */
  greeting: 500,
  /** Bytes that wait to be sent; who takes nothing is left. */
  unsent: 1024 * 1024,
  /** A line of a server. */
  line: 16 * 1024,
} as const;
