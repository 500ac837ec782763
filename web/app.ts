/// <reference lib="dom" />
/**
 * The page as a whole: the login, then the room with its lists and the talk; and what the browser tells of the page.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { ERR_ERRONEUSNICKNAME, ERR_PASSWDMISMATCH, ERR_SASLFAIL, isChannelName } from "../protocol.ts";
import { sanitizeLines } from "../client/sanitize.ts";
import { ConnectionError, UnknownDeviceError } from "../client/connection/connection_error.ts";
import { textWithName } from "../client/file_address.ts";
import type { TalkLine } from "../client/state/line.ts";
import type { Talk } from "../client/state/talk.ts";
import { withoutHash } from "../client/written.ts";
import { keptPlace, lastPlace } from "./arrivals.ts";
import { ask } from "./ask.ts";
import { drawLastRead } from "./away_page.ts";
import { drawChoices } from "./choices.ts";
import type { ComposeView } from "./compose.ts";
import { View } from "./element.ts";
import { nameOfFile } from "./file_name.ts";
import type { HeadView, List } from "./head.ts";
import { icon } from "./icon.ts";
import { canKeep, isKept, untilReachable } from "./kept_page.ts";
import { isForField } from "./keyboard.ts";
import { forgetTalks, KeptTalks } from "./kept_talks.ts";
import { forgetRead, keepRead } from "./last_read.ts";
import type { LogView } from "./log.ts";
import type { Edges } from "./menu.ts";
import type { MessageAction } from "./menus.ts";
import type { Refusal } from "./login.ts";
import { forgetOwnerSecret, takeOwnerSecret } from "./owner_link.ts";
import { forgetStay, keepStay } from "./reload.ts";
import type { PageActions } from "./palette.ts";
import { Panel } from "./panel.ts";
import { settings } from "./settings.ts";
import { openByKey } from "./shortcuts.ts";
import { drawStatus } from "./status.ts";
import { type Arrival, Stay } from "./stay.ts";
import { answerOtherTabs, isOpenElsewhere } from "./tabs.ts";
import { placeOf, showNobody } from "./title.ts";

/** Matches where the window is so narrow that the lists slide over the talk. */
const narrow = matchMedia("(max-width: 56rem)");

/** The fields of the login that refusals are about. */
const FIELDS_OF: Record<string, Refusal["field"]> = {
  [ERR_ERRONEUSNICKNAME]: "nick",
  [ERR_SASLFAIL]: "account-password",
};

export class TeaHouse extends View {
  #stay: Stay | undefined;
  #refusal: Refusal | undefined;
  #isBusy = false;
  /** Whether the page comes in by itself, as who was here last. */
  #isReturning = false;
  /** The secret of an owner's link, until the client has it. */
  #owner = takeOwnerSecret();
  /** Whether the room can't be reached since the page began. */
  #isAway = isKept;
  /** Where the person was before the page was loaded anew, until they are there again. */
  #kept: Arrival | undefined;
  /** What is kept of the talks for another day. */
  #keeping = new KeptTalks();
  /** The list that slides over the talk now, in a narrow window. */
  #sliding: List | undefined;
  /** What was found, beside the talk. */
  readonly #panel = new Panel({
    stay: () => this.#stay,
    isNarrow: () => narrow.matches,
    changed: () => {
      this.requestUpdate();
      this.performUpdate();
    },
    write: () => this.#compose?.focus(),
  });
  /** Ends what it listens to. */
  #ended = new AbortController();
  readonly #drawn = () => {
    this.#claim();
    if (this.#stay?.isIn === true && !this.#stay.isLeaving) settings.noteIn(this.#stay.client);
    this.#syncKept();
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.#ended = new AbortController();
    addEventListener("hashchange", this.#addressChanged, { signal });
    for (const type of ["online", "offline"]) addEventListener(type, this.#networkChanged, { signal });
    addEventListener("pagehide", this.#hidden, { signal });
    addEventListener("beforeunload", this.#closing, { signal });
    // The last event that a phone dispatches before it ends a page.
    document.addEventListener("visibilitychange", this.#hidden, { signal });
    addEventListener("keydown", this.#keyPressed, { signal });
    addEventListener("storage", this.#syncKept, { signal });
    narrow.addEventListener("change", this.#narrowed, { signal });
    answerOtherTabs(() => this.#stay?.isIn === true);
    this.#kept = keptPlace();
    if (this.#isAway) void this.#awaitRoom();
    else if (this.#kept !== undefined) void this.#comeBack(this.#kept);
    else if (settings.get("stays") && settings.get("isIn")) void this.#comeBack(lastPlace());
  }

  /** Waits for the room, and loads the page anew, as it is there now; but not under the hands of a person who fills in the login. */
  async #awaitRoom(): Promise<void> {
    let isTouched = this.#owner !== undefined;
    this.addEventListener("input", () => isTouched = true, { once: true });
    await untilReachable();
    if (!isTouched && this.#stay === undefined) return location.reload();
    this.#isAway = false;
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ended.abort();
  }

  /** Goes to another address. The page may have set its own one anew before it was told, so the address itself says nothing. */
  readonly #addressChanged = ({ newURL }: HashChangeEvent) => {
    const secret = takeOwnerSecret(newURL);
    if (secret !== undefined) {
      this.#owner = secret;
      return this.#drawn();
    }
    const { channel, msgid } = placeOf(newURL);
    const name = `#${channel ?? ""}`;
    if (!this.#stay?.isIn || !isChannelName(name)) this.requestUpdate();
    else void (msgid === undefined ? this.#stay.open(name) : this.#stay.seek(name, msgid));
  };

  /** Has the person own the room, if they have come in by an owner's link. */
  #claim(): void {
    const secret = this.#owner;
    if (secret === undefined || !this.#stay?.isIn) return;
    this.#owner = undefined;
    // The card of the room tells an owner what to do next, also in a browser that has seen it.
    settings.set("isWelcomed", false);
    void this.#stay.client.claim(secret).finally(forgetOwnerSecret);
  }

  /** Has the browser ask a person who closes the page while lines wait to be sent. */
  readonly #closing = (event: BeforeUnloadEvent) => {
    const client = this.#stay?.client;
    if (client === undefined) return;
    const talks = [undefined, ...client.state.talks.values()];
    if (talks.some((talk) => client.unsent(talk).length > 0)) event.preventDefault();
  };

  readonly #keyPressed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && this.#sliding !== undefined) this.#chosen();
    this.#panel.keyed(event);
    openByKey(event, this.#stay, this.#actions);
    if (isForField(event)) this.#compose?.takeTyping();
  };

  readonly #networkChanged = () => {
    if (navigator.onLine) this.#stay?.client.retry();
    this.requestUpdate();
  };

  /** Keeps where the person is, for a page that is loaded anew. Before they are in, what was kept stays as it is. */
  readonly #remember = () => {
    this.#syncKept();
    if (this.#stay?.isIn === true && !this.#stay.isLeaving) keepStay(this.#stay);
  };

  readonly #syncKept = () => {
    if (this.#stay !== undefined) this.#keeping.sync(this.#stay);
  };

  /**
   * Keeps what the page needs when it begins again, and what was read, for a person who stays signed in; and tells the server up
   * to where they have read.
   */
  readonly #hidden = () => {
    this.#remember();
    const stay = this.#stay;
    stay?.client.marks.flush();
    if (canKeep && settings.get("stays") && stay?.isIn === true && !stay.isLeaving) {
      keepRead(stay.client.state, nameOfFile);
    }
  };

  /** Comes in as who was here before, without the login, if the server lets them. */
  async #comeBack(arrival: Arrival): Promise<void> {
    this.#isReturning = true;
    await this.#enter(arrival);
    this.#isReturning = false;
    this.requestUpdate();
  }

  readonly #loggedIn = async (arrival: Arrival) => {
    const { displayName: _, ...kept } = this.#kept ?? {};
    const isOwnNick = arrival.nick === this.#kept?.nick;
    const isSomebodyNew = settings.get("isForOthers") && !await isOpenElsewhere();
    if (isSomebodyNew) settings.forgetPerson();
    settings.set("nick", arrival.displayName ?? arrival.nick);
    settings.set("channel", withoutHash(arrival.channel));
    // Whoever says a password is asked for it until it is right.
    if (arrival.accountPassword !== undefined) settings.set("account", "");
    // It is read again by whoever comes in now.
    forgetRead();
    if (isSomebodyNew) forgetTalks();
    await this.#enter({ ...(isSomebodyNew ? {} : kept), isOwnNick, isSomebodyNew, ...arrival });
  };

  async #enter(arrival: Arrival): Promise<void> {
    this.#isBusy = true;
    this.#refusal = undefined;
    this.requestUpdate();
    this.#keeping = new KeptTalks();
    const stay = this.#stay = new Stay(arrival, await loadPictures());
    stay.addEventListener("change", this.#drawn);
    // A page that is left may run its last scripts when the next one has begun, and reads what is kept.
    stay.addEventListener("moved", this.#remember);
    stay.addEventListener("files", this.#actions.showFiles);
    stay.addEventListener("leave", this.#forget);
    try {
      await stay.run();
      this.#forget();
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const isUnknown = error instanceof UnknownDeviceError;
      if (isUnknown) {
        this.#forget();
        settings.set("account", "");
      }
      // Whoever has not asked to come in is not told why they do not.
      if (!isUnknown || !arrival.isReturning) {
        const field = FIELDS_OF[error.numeric ?? ""];
        const isPassword = error.numeric === ERR_PASSWDMISMATCH;
        this.#refusal = { text: error.message, isPassword, ...(field !== undefined && { field }) };
      }
    } finally {
      stay.removeEventListener("change", this.#drawn);
      stay.removeEventListener("moved", this.#remember);
      stay.removeEventListener("files", this.#actions.showFiles);
      stay.removeEventListener("leave", this.#forget);
      this.#stay = undefined;
      this.#isBusy = false;
      showNobody();
      this.requestUpdate();
    }
  }

  /** Forgets where the person was: they leave, or are known no longer. */
  readonly #forget = () => {
    this.#kept = undefined;
    forgetStay();
    forgetRead();
    forgetTalks();
    if (settings.get("stays")) settings.set("isIn", false);
    else settings.forgetPerson();
  };

  override render(): TemplateResult {
    const stay = this.#stay;
    if (this.#isReturning && !stay?.isIn) {
      return html`
        <main class="login">
          <p role="status">${this.words.joining}</p>
        </main>
      `;
    }
    if (stay?.isIn) return html`${keyed(stay, this.#inRoom(stay))}`;
    const away = this.#isAway ? { text: this.words.roomAway, isPassword: false } : undefined;
    return html`
      <tea-login .refusal=${this.#refusal ?? away} .isBusy=${this
        .#isBusy} .isOwner=${this.#owner !== undefined} .enter=${this.#loggedIn}
        .below=${this.#isAway ? drawLastRead() : nothing}></tea-login>
    `;
  }

  /** Slides the list away that is over the talk. */
  readonly #chosen = () => {
    if (this.#sliding === undefined) return;
    this.#sliding = undefined;
    this.requestUpdate();
  };

  /** Shows the talk, where something covers it. */
  readonly #taken = () => {
    this.#chosen();
    if (narrow.matches) this.#panel.close();
  };

  readonly #narrowed = () => {
    this.#sliding = undefined;
    this.requestUpdate();
  };

  #isShown(list: List): boolean {
    return narrow.matches ? this.#sliding === list : settings.get(list);
  }

  #inRoom(stay: Stay): TemplateResult {
    const { words } = this;
    const hasPanel = this.#panel.kind !== undefined;
    const hasTalks = this.#isShown("talks"), hasPeople = this.#isShown("people") && (narrow.matches || !hasPanel);
    return html`
      <div class="room ${hasTalks ? "with-talks" : ""} ${hasPeople ? "with-people" : ""} ${hasPanel
        ? "with-panel"
        : ""}">
        <tea-ring .stay=${stay} .chosen=${this.#taken}></tea-ring>
        <nav id="talks" aria-label=${words.talks} ?hidden=${!hasTalks}>
              <p class="brand"><img src="./icons/mark.svg" alt="" width="28" height="28"> <bdi>${stay
                .roomName}</bdi> ${this.#slideAway()}</p>
              <tea-talks .stay=${stay} .chosen=${this.#chosen} .actions=${this.#actions}></tea-talks>
              ${drawChoices(stay)}
            </nav>
        <main>
              <tea-head .stay=${stay} .tools=${this.#panel.drawButtons()} .actions=${this.#actions} .show=${this.#show}
          .shown=${new Set<List>([
            ...(hasTalks ? ["talks" as const] : []),
            ...(hasPeople ? ["people" as const] : []),
          ])}></tea-head>
              <div class="talk-body">
                ${drawStatus(stay)}<tea-call .stay=${stay}></tea-call>
                <tea-log .stay=${stay} .act=${this.#act} .leave=${() => this.#compose?.focus()}></tea-log>
                <tea-compose .stay=${stay} .drafted=${this.#remember} .sent=${() => this.#log?.toEnd()}
                  .scrollTalk=${(pages: number) => this.#log?.scrollPages(pages)}></tea-compose>
              </div>
            </main>
        <aside id="people" aria-label=${words.online} ?hidden=${!hasPeople}>
          ${this.#slideAway()}
          ${hasPeople ? html`<tea-people .stay=${stay} .chosen=${this.#chosen}></tea-people>` : nothing}
        </aside>
        ${this.#panel.draw()}
        <div class="veil" @click=${this.#chosen}></div>
      </div>
    `;
  }

  /** The button of a list that slides over the talk. The focus goes back to the button that has shown the list. */
  #slideAway(): unknown {
    if (!narrow.matches) return nothing;
    const { closeList } = this.words;
    const press = () => {
      this.querySelector<HTMLElement>(`header [aria-controls=${this.#sliding}]`)?.focus();
      this.#chosen();
    };
    return html`
      <button class="slide-away" type="button" aria-label=${closeList} title=${closeList}
        @click=${press}>${icon(
          "x",
        )}</button>
    `;
  }

  get #log(): LogView | null {
    return this.querySelector("tea-log");
  }

  readonly #actions: PageActions = {
    search: () => this.#panel.open("search"),
    editTopic: () => void this.querySelector<HeadView>("tea-head")?.editTopic(),
    showFiles: () => this.#panel.open("files"),
  };

  get #compose(): ComposeView | null {
    return this.querySelector("tea-compose");
  }

  readonly #act = async (action: MessageAction, talk: Talk, line: TalkLine, edges: Edges) => {
    if (action === "reply") return this.#compose?.reply(line);
    if (action === "react") return this.#compose?.picking.react(talk, line, edges);
    const stay = this.#stay;
    if (action === "edit") return stay?.edit(line);
    if (action === "earlier") return await stay?.load(import("./earlier.ts"), (m) => m.showEarlier(stay, talk, line));
    if (action === "moderate") return await stay?.load(import("./menus.ts"), (m) => m.moderateFor(stay, talk, line));
    const { removeThis, remove } = this.words;
    const answer = await ask(removeThis, remove, {
      detail: sanitizeLines(textWithName(line, nameOfFile)),
      isDangerous: true,
    });
    if (answer === "yes") await this.#stay?.client.actions.redact(talk, line);
  };

  readonly #show = (list: List) => {
    if (!narrow.matches) return settings.toggle(list);
    this.#sliding = this.#sliding === list ? undefined : list;
    this.requestUpdate();
  };
}

/** Loads the paths of the server's picture emoji, by name; none where that fails, since a room needs none. */
async function loadPictures(): Promise<ReadonlyMap<string, string>> {
  try {
    const response = await fetch("./emoji/");
    return new Map(Object.entries(response.ok ? await response.json() : {}));
  } catch {
    return new Map();
  }
}
