/**
 * What a client does for its person: says, reacts, removes, and goes from talk to talk. The slash commands are made of this, as
 * are a view's buttons.
 *
 * @module
 */

import { reactionOf } from "../emoji/mod.ts";
import { format, isBlank, type Message, type MessageInit, RPL_KEYNOTSET, RPL_KEYVALUE } from "../protocol.ts";
import { CallActions } from "./call_actions.ts";
import type { Clock } from "./clock.ts";
import type { Actions, AskSecret } from "./commands/actions.ts";
import { Inputs } from "./commands/inputs.ts";
import type { Connection } from "./connection/connection.ts";
import { isRefused } from "./connection/refusals.ts";
import { splitMessage } from "./connection/split.ts";
import { readCtcp } from "./ctcp.ts";
import { HiddenAnswers } from "./hidden_answers.ts";
import { FileHost } from "./file_host.ts";
import type { FileView } from "./commands/file_view.ts";
import { answerTags, meant } from "./meant.ts";
import { MessageEdits } from "./message_edits.ts";
import { joinChannel } from "./joining.ts";
import { foldName, isSameName, type Naming } from "./names.ts";
import type { ClientOptions } from "./options.ts";
import { ENGLISH, type Sentences } from "./sentences.ts";
import { ProfileQuestions } from "./profile_questions.ts";
import type { ClientEvent, Happening } from "./state/events.ts";
import type { History } from "./state/history.ts";
import { ChannelKeys } from "./state/channel_keys.ts";
import type { TalkLine } from "./state/line.ts";
import { answering } from "./state/said.ts";
import { Restrictions } from "./state/restrictions.ts";
import { silenceIn, silenceText } from "./state/restriction_replies.ts";
import type { State } from "./state/state.ts";
import type { Talk } from "./state/talk.ts";
import { linesOf, oneLine } from "./text_lines.ts";

/** What these actions work on. */
export interface ClientParts {
  options: ClientOptions;
  clock: Clock;
  state: State;
  history: History;
  connection: Connection;
}

/** The actions of one client. */
export class ClientActions implements Actions {
  readonly state: State;
  readonly history: History;
  readonly connection: Connection;
  readonly pictures: ReadonlySet<string>;
  readonly restrictions: Restrictions = new Restrictions();
  /** The lines that the person writes. */
  readonly inputs: Inputs = new Inputs(this);
  /** The keys by which channels are joined again. */
  readonly keys: ChannelKeys = new ChannelKeys();
  /** How the person changes what they have said. */
  readonly edits: MessageEdits;
  /** How the person sends files. */
  readonly files: FileHost = new FileHost(this);
  readonly fileView: FileView | undefined;
  readonly calls: CallActions;
  /** What the server is asked of others beside their nicks. */
  readonly profiles: ProfileQuestions;
  /** Under which name this person is to be shown; undefined where that is the nick. */
  displayName: string | undefined;
  /** How many lines the server, or this client, has refused. */
  refusals = 0;

  readonly #options: ClientOptions;
  readonly #clock: Clock;
  /** What answers what this client asked for itself, and is not shown: numerics, or a command and a nick. */
  readonly #hidden = new HiddenAnswers();
  /** The people whose last lines were asked for. */
  readonly #loaded = new WeakSet<Talk>();
  /** How often another talk was gone to, or is being gone to. */
  #choices = 0;

  constructor({ options, clock, state, history, connection }: ClientParts) {
    this.#options = options;
    this.fileView = options.fileView;
    this.displayName = options.displayName;
    this.#clock = clock;
    this.state = state;
    this.history = history;
    this.connection = connection;
    this.pictures = options.pictures ?? new Set();
    this.edits = new MessageEdits(this, clock);
    this.calls = new CallActions(this, clock, options.openCall);
    this.profiles = new ProfileQuestions(this, clock, () => connection.demand("draft/metadata-3"));
  }

  get address(): string {
    return this.#options.address;
  }

  get page(): string | undefined {
    return this.#options.page;
  }

  get isEncrypted(): boolean {
    return this.#options.isEncrypted ?? false;
  }

  get sentences(): Sentences {
    return this.#options.sentences?.() ?? ENGLISH;
  }

  get askSecret(): AskSecret | undefined {
    return this.#options.askSecret;
  }

  get askNewSecret(): Actions["askNewSecret"] {
    return this.#options.askNewSecret;
  }

  get confirm(): Actions["confirm"] {
    return this.#options.confirm;
  }

  get isConnected(): boolean {
    return this.connection.isConnected;
  }

  can(capability: string): boolean {
    return this.isConnected && this.connection.capabilities.has(capability);
  }

  // Which talk it is about.

  get talk(): Talk | undefined {
    const talk = this.inputs.about ?? this.state.current;
    return talk !== undefined && this.state.find(talk.name) === talk ? talk : undefined;
  }

  get channel(): string | undefined {
    return this.inputs.about?.kind === "channel" ? this.talk?.name : this.state.channel;
  }

  get isWrittenInTalk(): boolean {
    return this.inputs.about !== undefined;
  }

  channelName(name: string): string {
    return this.state.isupport.isChannel(name) ? name : "#" + name;
  }

  // Saying.

  say(text: string, replyTo?: TalkLine): void {
    const { talk } = this;
    if (talk === undefined) return this.refuse(this.state.noTalk);
    this.sayIn(talk, text, replyTo);
  }

  sayIn({ name, kind }: Talk, text: string, replyTo?: TalkLine): void {
    const isAlone = kind === "channel" && replyTo?.private === true;
    // The line does not say to whom this person's own private lines were.
    if (isAlone && replyTo.own) return this.refuse(this.sentences.talking.notSaidElsewhere(text));
    this.sayTo(isAlone ? replyTo.from : name, text, replyTo);
  }

  /**
   * Says something to a channel or a person. What the server refuses is given back to the view.
   *
   * @param replyTo The line that it answers; on a server without `message-tags` nobody is told.
   */
  sayTo(target: string, text: string, replyTo?: TalkLine, command: "PRIVMSG" | "NOTICE" = "PRIVMSG"): void {
    const doing = readCtcp(text);
    if (isBlank(doing?.command === "ACTION" ? doing.text : text)) {
      return this.refuse(this.sentences.talking.nothingToSee);
    }
    const { written } = this.inputs;
    const silenced = this.silenced(target);
    if (silenced !== undefined) {
      this.refuse(silenced);
      if (written !== undefined) this.tell({ type: "unsaid", ...written, isSilenced: true });
      return;
    }
    const tags = answerTags(this, target, replyTo);
    const said = doing === undefined ? linesOf(text) : oneLine(text);
    const count = this.connection.expectedMultiline === undefined ? 1 : this.countMessages(target, said);
    if (count > 1 && said.includes("\n")) this.tell({ type: "info", text: this.sentences.talking.inSeveral(count) });
    void this.send({ tags, command, params: [target, said] }).then((replies) => {
      if (written !== undefined && isRefused(replies)) this.tell({ type: "unsaid", ...written });
    });
  }

  /** How many messages a text is for the server: one of several lines is one, where the server takes it as such. */
  countMessages(target: string, text: string): number {
    const message = { command: "PRIVMSG", params: [target, linesOf(text)] };
    return splitMessage(message, this.state.sourceBytes, this.connection.expectedMultiline).length;
  }

  /** Why this person cannot talk in a channel, where the server has told that. */
  silenced(channel: string): string | undefined {
    const now = this.#clock.now();
    const silence = silenceIn(this.state, channel, now);
    return silence && silenceText(this.state.joined(channel)!.name, silence, now, this.sentences);
  }

  /** Reacts to a line, or takes the reaction back where this person has reacted so already (IRCv3 draft/react). */
  react(talk: Talk, line: TalkLine, text: string): void {
    const reaction = reactionOf(oneLine(text));
    if (isBlank(reaction)) return this.refuse(this.sentences.talking.nothingToSee);
    if (!this.can("message-tags") || line.msgid === undefined) {
      return this.refuse(this.sentences.talking.noReactions);
    }
    const silenced = this.silenced(talk.name);
    if (silenced !== undefined) return this.refuse(silenced);
    const isTakenBack = line.reactions.get(reaction)?.hasOwn === true;
    const tag = isTakenBack ? "+draft/unreact" : "+draft/react";
    const tags = { [tag]: reaction, ...answering(line.msgid) };
    void this.send({ tags, command: "TAGMSG", params: [talk.name] });
  }

  /** Removes a message: one's own, or an operator another's (IRCv3 draft/message-redaction). */
  async redact(talk: Talk, line: TalkLine, reason?: string): Promise<void> {
    const { memory } = this.sentences;
    if (!this.can("draft/message-redaction")) return this.refuse(memory.noRemoval);
    if (line.msgid === undefined) return this.refuse(memory.noName);
    await this.request("REDACT", talk.name, line.msgid, ...(reason === undefined ? [] : [oneLine(reason)]));
  }

  // Going to a talk.

  /** Goes to the first channel on coming in. */
  async arrive(): Promise<void> {
    const { state } = this;
    const { channel, isChannelOptional = false, otherChannel } = this.#options;
    // The answer comes after the channels that the device brings back.
    if (isChannelOptional) await this.request("DEVICE", "STATUS");
    else if (channel !== "") state.awaited = this.channelName(channel);
    const isWanted = !isChannelOptional || state.channels.length === 0;
    if (isWanted && channel !== "") await this.join(channel);
    state.awaited = undefined;
    const [first] = state.channels;
    if (first === undefined && isWanted && otherChannel !== undefined) await this.join(otherChannel);
    else if (first !== undefined && state.mayTakeChannel(first.name)) this.#setTarget(first.name, state.person);
  }

  /** Goes to a talk, as a click on it does: joins a channel, or makes a person the target, whom the view shows. */
  async open(name: string): Promise<void> {
    if (this.state.isupport.isChannel(name)) return await this.join(name);
    this.#setTarget(this.state.channel, name);
    await this.loadLast(this.#choose(name));
  }

  /** Closes a talk: leaves a channel, or forgets what was said with a person. */
  async close({ name, kind }: Talk): Promise<void> {
    if (kind === "channel") return void await this.request("PART", name);
    if (this.state.person !== undefined && isSameName(this.state.person, name)) {
      this.#setTarget(this.state.channel, undefined);
    }
    this.state.talks.delete(foldName(name));
  }

  async join(name: string, key?: string): Promise<void> {
    const full = this.channelName(name);
    const choice = ++this.#choices;
    if (this.state.joined(full) === undefined) await joinChannel(this, full, key, this.#options.askKey);
    // Who has gone to another talk meanwhile stays there.
    if (choice !== this.#choices) return;
    const channel = this.state.joined(full);
    if (channel !== undefined) this.#setTarget(channel.name, undefined);
    else this.inputs.targetFailed();
  }

  async rename({ nick, displayName }: Naming): Promise<void> {
    const replies = await this.request("NICK", nick);
    if (isRefused(replies) || (displayName ?? this.displayName) === undefined) return;
    await this.showAs(displayName);
  }

  /** Has this person shown under a name, where the server keeps such; undefined: under the nick again. */
  async showAs(displayName: string | undefined): Promise<void> {
    this.displayName = displayName;
    if (!this.connection.demand("draft/metadata-3")) return;
    const params = ["*", "SET", "display-name", ...(displayName === undefined ? [] : [displayName])];
    const replies = await this.askQuietly([RPL_KEYVALUE, RPL_KEYNOTSET, "FAIL"], "METADATA", ...params);
    if (displayName === undefined) return;
    const { shownAs, notShownAs } = this.sentences.connection;
    const say = replies?.some(({ command }) => command === RPL_KEYVALUE) ? shownAs : notShownAs;
    this.tell({ type: "info", text: say(this.state.nick, displayName) });
  }

  tellProfile(nick: string): Promise<void> {
    return this.profiles.tell(nick);
  }

  profile(): ReturnType<ProfileQuestions["own"]> {
    return this.profiles.own();
  }

  setStatus(status: string): Promise<string | undefined> {
    return this.profiles.setStatus(oneLine(status));
  }

  talkTo(nick: string | undefined): void {
    this.#setTarget(this.state.channel, nick);
    const { state: { target }, sentences: { talking } } = this;
    if (nick !== undefined) {
      void this.loadLast(this.#choose(nick));
      this.tell({ type: "info", text: talking.onlyTo(nick) });
    } else if (target === undefined) this.refuse(this.state.noTalk);
    else this.tell({ type: "info", text: talking.toAll(target) });
  }

  refuseTarget(text: string): void {
    this.inputs.targetFailed();
    this.refuse(text);
  }

  /** Opens a talk by the person's own will. */
  #choose(name: string): Talk {
    const talk = this.state.open(name);
    talk.isChosen = true;
    return talk;
  }

  #setTarget(channel: string | undefined, person: string | undefined): void {
    const before = this.state.target;
    this.#choices++;
    this.inputs.targetSet();
    this.state.channel = channel;
    this.state.person = person;
    if (this.state.target !== before) this.tell({ type: "target", target: this.state.target });
  }

  /** Loads the last lines of a talk with a person, once; where the server cannot be asked now, on the next connection. */
  async loadLast(talk: Talk): Promise<void> {
    if (talk.complete || this.#loaded.has(talk)) return;
    this.#loaded.add(talk);
    if (!await this.history.sync(talk)) this.#loaded.delete(talk);
  }

  // Talking with the server.

  /** @throws {ProtocolError} If it is not a message of IRC, or of several lines. */
  send(message: MessageInit): Promise<Message[]> {
    const { command, params = [] } = message;
    const isText = params.length === 2 && (command === "PRIVMSG" || command === "NOTICE");
    format(isText ? { ...message, params: [params[0], oneLine(params[1])] } : message);
    return this.connection.outgoing.add(meant(this, message));
  }

  request(command: string, ...params: string[]): Promise<Message[]> {
    return this.send({ command, params });
  }

  ask(command: string, ...params: string[]): Promise<Message[] | undefined> {
    format({ command, params });
    return this.connection.outgoing.ask(meant(this, { command, params }));
  }

  askQuietly(numerics: readonly string[], command: string, ...params: string[]): Promise<Message[] | undefined> {
    return this.withoutShowing(numerics, () => this.ask(command, ...params));
  }

  withoutShowing<T>(numerics: readonly string[], task: () => Promise<T>): Promise<T> {
    return this.#hidden.during(numerics, task);
  }

  /** Whether messages of this kind are not shown at the moment. */
  isHidden(message: Message): boolean {
    return this.#hidden.has(message);
  }

  // Talking with the view.

  tell(event: Happening | ClientEvent): void {
    this.#options.onEvent({ time: this.#clock.now(), ...event });
  }

  refuse(text: string): void {
    this.refusals++;
    this.tell({ type: "error", text });
  }

  leave(reason: string | undefined): void {
    this.#options.onLeave(reason);
  }
}
