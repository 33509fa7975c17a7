// How many doors are still to be knocked at and calls to be made, and the way to their list.
import { $, put } from "../dom.js";
import { t, num } from "../words.js";

export const BY_HAND = ["door", "phone"];

export function byHand(waves) {
  const box = $("#byhand"), mine = (waves ?? []).filter((one) => Object.keys(one.tasks ?? {}).length);
  const sum = (key) => mine.reduce((n, one) => n + (one.tasks[key] ?? 0), 0);
  const done = sum("done"), left = sum("open") + sum("assigned"), keys = BY_HAND.filter((key) => mine.some((one) => one.channels.includes(key)));
  box.hidden = !mine.length;
  if (!mine.length) return;
  box.classList.toggle("calm", !left);
  put($("b", box), t(`doors.title.${keys.length > 1 ? "both" : keys[0] ?? "door"}`));
  put($(".n", box), num(left));
  put($(".end", box), t("doors.done_of", { done, all: left + done }));
}
