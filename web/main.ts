/// <reference lib="dom" />
/**
 * The page's first module. It gives the elements their names, and with that the page begins. First of all an owner's secret
 * goes out of the address, and then what another program shares.
 *
 * @module
 */

import "./owner_link.ts";
import { TeaHouse } from "./app.ts";
import { AttachView } from "./attach.ts";
import { CallLine } from "./call_line.ts";
import { ComposeView } from "./compose.ts";
import { HeadView } from "./head.ts";
import { keepPage } from "./kept_page.ts";
import { LogView } from "./log.ts";
import { LoginView } from "./login.ts";
import { PeopleView } from "./people.ts";
import { Ring } from "./ring.ts";
import { keepShared } from "./shared_text.ts";
import { TalksView } from "./talks.ts";
import { VoiceView } from "./voice/button.ts";

keepShared();
customElements.define("tea-login", LoginView);
customElements.define("tea-talks", TalksView);
customElements.define("tea-people", PeopleView);
customElements.define("tea-head", HeadView);
customElements.define("tea-call", CallLine);
customElements.define("tea-ring", Ring);
customElements.define("tea-log", LogView);
customElements.define("tea-compose", ComposeView);
customElements.define("tea-attach", AttachView);
customElements.define("tea-voice", VoiceView);
// The element that holds the others comes last, since it draws as soon as it has its name.
customElements.define("tea-house", TeaHouse);

keepPage();
