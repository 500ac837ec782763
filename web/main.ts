/// <reference lib="dom" />
/**
 * The page's first module. It gives the elements their names, and with that the page begins. First of all an owner's secret
 * goes out of the address.
 *
 * @module
 */

import "./owner_link.ts";
import { TeaHouse } from "./app.ts";
import { ComposeView } from "./compose.ts";
import { LogView } from "./log.ts";
import { LoginView } from "./login.ts";
import { PeopleView } from "./people.ts";
import { TalksView } from "./talks.ts";

customElements.define("tea-login", LoginView);
customElements.define("tea-talks", TalksView);
customElements.define("tea-people", PeopleView);
customElements.define("tea-log", LogView);
customElements.define("tea-compose", ComposeView);
// The element that holds the others comes last, since it draws as soon as it has its name.
customElements.define("tea-house", TeaHouse);
