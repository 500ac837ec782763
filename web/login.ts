/// <reference lib="dom" />
/**
 * The login: a name, a channel, and a password where the room has one.
 *
 * @module
 */

import { html, nothing, type TemplateResult } from "lit";
import { DEFAULT_CHANNEL } from "../shared/default_channel.ts";
import { guestNick } from "../client/guest.ts";
import { namingOf } from "../client/names.ts";
import { channelNamed } from "../client/written.ts";
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
}

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

  override firstUpdated(): void {
    this.querySelector<HTMLInputElement>("[name=nick]")?.select();
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("refusal") && this.refusal?.isPassword) this.#passwordAsked++;
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has("refusal") && this.refusal?.isPassword) {
      this.querySelector<HTMLInputElement>("[name=password]")?.select();
    }
  }

  override render(): TemplateResult {
    const { words, refusal, isBusy } = this;
    const nick = settings.get("nick") || this.#guest;
    const { nick: nickOfName, displayName } = namingOf(this.#written ?? nick);
    // A name that begins with `#` itself gets another one: the first `#` in the field is taken for the sign of a channel.
    const channel = (channelOfAddress() ?? (settings.get("channel") || DEFAULT_CHANNEL)).replace(/^#/, "##");
    const text = refusal === undefined
      ? ""
      : !refusal.isPassword
      ? refusal.text
      : this.#passwordAsked > 1
      ? words.passwordWrong
      : words.passwordNeeded;
    return html`
      <main class="login">
        <form aria-labelledby="login" @submit=${this.#submit} @input=${this.#typed}>
          <h1 id="login"><img src="./icons/mark.svg" alt="" width="72" height="72"> <bdi>${ROOM_NAME}</bdi></h1>
          <p>${this.isOwner ? words.welcomeOwner : words.welcome}</p>
          <label>${words.server} <input value=${location.host} readonly></label>
          <label>${words.nick}
            <input name="nick" .defaultValue=${nick} required maxlength="60" autocomplete="nickname" spellcheck="false"
              autocapitalize="none" aria-describedby="naming">
          </label>
          <p id="naming" aria-live="polite">${displayName === undefined
            ? ""
            : words.naming(nickOfName, displayName)}</p>
          <label>${words.channel}
            <input name="channel" .defaultValue=${channel} required maxlength="50" autocomplete="off" spellcheck="false"
              autocapitalize="none">
          </label>
          <label>${words.accountPassword}
            <input name="account-password" type="password" autocomplete="current-password">
          </label>
          <label class="check">
            <input name="stays" type="checkbox" .checked=${settings.get("stays")}> ${words.stays}
          </label>
          ${this.#passwordAsked === 0 ? nothing : html`<label>${words.password}
            <input name="password" type="password" required autocomplete="current-password">
          </label>`}
          <p class="refusal" role="alert">${text}</p>
          <button type="submit" ?disabled=${isBusy}>${isBusy ? words.joining : words.join}</button>
          <button class="language" type="button" @click=${this.#language}>${words.language}</button>
          ${isSecureContext ? nothing : drawInsecure(words, settings.get("language"))}
        </form>
        ${this.below}
      </main>
    `;
  }

  #field(name: string): HTMLInputElement | null {
    return this.querySelector(`[name=${name}]`);
  }

  readonly #language = () => settings.toggleLanguage();

  readonly #typed = ({ target }: Event) => {
    const field = target as HTMLInputElement;
    field.setCustomValidity("");
    if (field.name !== "nick") return;
    this.#written = field.value;
    this.requestUpdate();
  };

  readonly #submit = (event: SubmitEvent) => {
    event.preventDefault();
    const nick = this.#field("nick")!, channel = this.#field("channel")!;
    const naming = namingOf(nick.value), full = channelNamed(channel.value.trim());
    nick.setCustomValidity(settings.problemOf("nick", naming.nick));
    channel.setCustomValidity(settings.problemOf("channel", full));
    if (!(event.target as HTMLFormElement).reportValidity()) return;
    settings.set("stays", this.#field("stays")!.checked);
    const password = this.#field("password")?.value, accountPassword = this.#field("account-password")!.value;
    this.enter({
      ...naming,
      channel: full,
      ...(password ? { password } : {}),
      ...(accountPassword ? { accountPassword } : {}),
    });
  };
}
