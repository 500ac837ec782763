import { assertEquals } from "@std/assert";
import type { State } from "../client/state/state.ts";
import { Talk } from "../client/state/talk.ts";
import { Drafts } from "./drafts.ts";

/** Drafts of a person whose open talks these are. The first one is shown. */
function draftsOf(...talks: Talk[]): Drafts {
  const find = (name: string) => talks.find((talk) => talk.name === name);
  return new Drafts({ find, current: talks[0] } as unknown as State);
}

Deno.test("Drafts keep the draft of a talk that is closed until it is open again", () => {
  const [open, closed, opened] = [
    new Talk("#tea", "channel"),
    new Talk("#Cake", "channel"),
    new Talk("#cake", "channel"),
  ];
  const drafts = draftsOf(open);
  closed.draft = "half written";
  drafts.keep(closed);
  drafts.restore(opened);
  assertEquals(opened.draft, "half written");
  opened.draft = "";
  drafts.restore(opened);
  assertEquals(opened.draft, "");
});

Deno.test("Drafts give back what could not be said, in its order, before what was written since", () => {
  const tea = new Talk("#tea", "channel");
  const drafts = draftsOf(tea);
  tea.draft = "written since";
  drafts.giveBack("one", tea);
  drafts.giveBack("two");
  assertEquals(tea.draft, "one\ntwo\nwritten since");
  // What the person has changed stays as they want it.
  tea.draft = "another text";
  drafts.giveBack("three", tea);
  assertEquals(tea.draft, "three\nanother text");
});

Deno.test("Drafts move what was written where there is no talk into the first one, behind what stands there", () => {
  const tea = new Talk("#tea", "channel");
  const drafts = draftsOf(tea);
  tea.draft = "of yesterday";
  drafts.nowhere.draft = "written early";
  drafts.moveInto(tea);
  assertEquals([tea.draft, drafts.nowhere.draft], ["of yesterday\nwritten early", ""]);
  drafts.moveInto(tea);
  assertEquals(tea.draft, "of yesterday\nwritten early");
});

Deno.test("Drafts give back to nowhere what was written where there is no talk", () => {
  const drafts = draftsOf();
  drafts.giveBack("hello?");
  assertEquals(drafts.nowhere.draft, "hello?");
});
