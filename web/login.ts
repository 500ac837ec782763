/// <reference lib="dom" />
/**
 * The login: a name, a channel, and a password where the room has one.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { DEFAULT_CHANNEL } from "../shared/default_channel.ts";
import { guestNick } from "../client/guest.ts";
import { isSameName, namingOf } from "../client/names.ts";
import { sanitize } from "../client/sanitize.ts";
import { channelNamed } from "../client/written.ts";
import { dashSpaces } from "./channel_field.ts";
import { drawInsecure } from "./draw.ts";
import { View } from "./element.ts";
import { settings } from "./settings.ts";
import type { Arrival } from "./stay.ts";
import { channelOfAddress, ROOM_NAME } from "./title.ts";

/** Why a login failed. */
export interface Refusal {
  /** The words of the server, or of the network. */
  text: string;
  /** Whether the room wants a password, or another one. */
  isPassword: boolean;
  /** The field that it is about, where it is about one. */
  field?: Field;
}

/** The fields in which a fault is shown, in their order. */
const FIELDS = ["nick", "channel", "account-password", "password"] as const;

type Field = typeof FIELDS[number];

export class LoginView extends View {
  static override properties = {
    refusal: { attribute: false },
    isBusy: { attribute: false },
    isOwner: { attribute: false },
    below: { attribute: false },
  };
  declare refusal: Refusal | undefined;
  declare isBusy: boolean;
  /** Whether whoever comes in now owns the room from then on. */
  declare isOwner: boolean;
  /** What stands below the login. */
  declare below: unknown;
  /** Called with what the person has filled in. */
  enter: (entry: Arrival) => void = () => {};
  /** How often the room has asked for its password. */
  #passwordAsked = 0;
  readonly #guest = guestNick();
  /** The name as it stands in its field; undefined as long as nobody has written there. */
  #written: string | undefined;
  /** What is wrong with what stands in a field; it is shown beside the field until something else is written there. */
  #faults: Partial<Record<Field, string>> = {};

  override firstUpdated(): void {
    this.querySelector<HTMLInputElement>("[name=nick]")?.select();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has("refusal")) return;
    const { refusal, words } = this;
    if (refusal?.isPassword) this.#passwordAsked++;
    const text = this.#passwordAsked > 1 ? words.passwordWrong : words.passwordNeeded;
    if (refusal?.isPassword) this.#faults = { password: text };
    else this.#faults = refusal?.field === undefined ? {} : { [refusal.field]: refusal.text };
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("refusal") && this.refusal !== undefined) this.#toFault();
  }

  override render(): TemplateResult {
    const { words, refusal, isBusy } = this;
    const nick = settings.get("nick") || this.#guest;
    const { nick: nickOfName, displayName } = namingOf(this.#written ?? nick);
    // A name that begins with `#` itself gets another one: the first `#` in the field is taken for the sign of a channel.
    const channel = (channelOfAddress() ?? (settings.get("channel") || DEFAULT_CHANNEL)).replace(/^#/, "##");
    // Whoever comes in under another name may mean another account.
    const account = settings.get("account");
    const isKnown = account !== "" && isSameName(account, nickOfName);
    const general = refusal === undefined || refusal.isPassword || refusal.field !== undefined ? "" : refusal.text;
    return html`
      <main class="login">
        <form aria-labelledby="login" novalidate @submit=${this.#submit} @input=${this.#typed}
          @compositionend=${dashSpaces}>
          <h1 id="login"><img src="./icons/mark.svg" alt="" width="72" height="72"> <bdi>${ROOM_NAME}</bdi></h1>
          <p>${this.isOwner ? words.welcomeOwner : words.welcome}</p>
          <p class="where">${words.roomAt}: <bdi>${location.host}</bdi></p>
          <label>${words.nick}
            <input name="nick" .defaultValue=${nick} required maxlength="60" autocomplete="nickname" spellcheck="false"
              autocapitalize="none" aria-describedby="naming nick-fault" aria-invalid=${this.#isWrong("nick")}>
          </label>
          ${this.#fault("nick")}
          <p id="naming" aria-live="polite">${displayName === undefined || settings.problemOf("nick", nickOfName) !== ""
            ? ""
            : words.naming(nickOfName, displayName)}</p>
          <label>${words.channel}
            <input name="channel" .defaultValue=${channel} required maxlength="50" autocomplete="off" spellcheck="false"
              autocapitalize="none" aria-describedby="channel-fault" aria-invalid=${this.#isWrong("channel")}>
          </label>
          ${this.#fault("channel")}
          ${isKnown
            ? html`<p class="where">${words.staysLoggedIn(sanitize(account))}</p>`
            : html`<label>${words.accountPassword}
            <input name="account-password" type="password" autocomplete="current-password"
              aria-describedby="account-password-fault" aria-invalid=${this.#isWrong("account-password")}>
          </label>
          ${this.#fault("account-password")}`}
          <label class="check">
            <input name="stays" type="checkbox" .checked=${settings.get("stays")}> ${words.stays}
          </label>
          ${this.#passwordAsked === 0 ? nothing : html`<label>${words.password}
            <input name="password" type="password" autocomplete="current-password" aria-describedby="password-fault"
              aria-invalid=${this.#isWrong("password")}>
          </label>`}
          ${this.#fault("password")}
          <p class="refusal" role="alert">${general}</p>
          <button type="submit" ?disabled=${isBusy}>${isBusy ? words.joining : words.join}</button>
          <button class="language" type="button" @click=${this.#language}>${words.language}</button>
          ${isSecureContext ? nothing : drawInsecure(words, settings.get("language"))}
        </form>
        ${this.below}
      </main>
    `;
  }

  #isWrong(field: Field): boolean {
    return this.#faults[field] !== undefined;
  }

  /** What is wrong with a field, below it. */
  #fault(field: Field): TemplateResult {
    return html`<p class="refusal" id="${field}-fault" role="alert">${this.#faults[field] ?? ""}</p>`;
  }

  /** Goes to the first field in which something is wrong. */
  #toFault(): void {
    const wrong = FIELDS.find((field) => this.#isWrong(field));
    if (wrong !== undefined) this.#field(wrong)?.select();
  }

  #field(name: string): HTMLInputElement | null {
    return this.querySelector(`[name=${name}]`);
  }

  readonly #language = () => settings.toggleLanguage();

  readonly #typed = (event: Event) => {
    const field = event.target as HTMLInputElement;
    dashSpaces(event);
    delete this.#faults[field.name as Field];
    if (field.name === "nick") this.#written = field.value;
    this.requestUpdate();
  };

  readonly #submit = (event: SubmitEvent) => {
    event.preventDefault();
    const nick = this.#field("nick")!, channel = this.#field("channel")!;
    const naming = namingOf(nick.value), full = channelNamed(channel.value.trim());
    const password = this.#field("password")?.value, accountPassword = this.#field("account-password")?.value;
    const problems = {
      nick: settings.problemOf("nick", naming.nick),
      channel: settings.problemOf("channel", full),
      password: password === "" ? this.words.passwordNeeded : "",
    };
    this.#faults = Object.fromEntries(Object.entries(problems).filter(([, problem]) => problem !== ""));
    this.requestUpdate();
    if (Object.keys(this.#faults).length > 0) return void this.updateComplete.then(() => this.#toFault());
    settings.set("stays", this.#field("stays")!.checked);
    this.enter({
      ...naming,
      channel: full,
      ...(password ? { password } : {}),
      ...(accountPassword ? { accountPassword } : {}),
    });
  };
}
