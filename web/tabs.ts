/// <reference lib="dom" />
/**
 * Finds out whether this room is open in another tab of the same browser, whose person then is this one.
 *
 * @module
 */

/** For how long another tab is waited for, in milliseconds: a hidden one takes its time. */
const PATIENCE = 300;

/** Another room may lie beside this one, at another path of the same host. */
const channel = new BroadcastChannel(`teahouse ${location.pathname}`);

/** Whether somebody is in the room in this tab. */
let isIn = () => false;

channel.addEventListener("message", ({ data }) => {
  if (data === "is it open?" && isIn()) channel.postMessage("it is");
});

/** Has other tabs be told whether somebody is in the room in this one. */
export function answerOtherTabs(answer: () => boolean): void {
  isIn = answer;
}

/** Whether somebody is in the room in another tab. */
export function isOpenElsewhere(): Promise<boolean> {
  return new Promise((resolve) => {
    const answered = ({ data }: MessageEvent) => data === "it is" && end(true);
    const end = (answer: boolean) => {
      clearTimeout(timer);
      channel.removeEventListener("message", answered);
      resolve(answer);
    };
    const timer = setTimeout(() => end(false), PATIENCE);
    channel.addEventListener("message", answered);
    channel.postMessage("is it open?");
  });
}
