// How many doors are still to be knocked at and calls to be made, and the way to their list.
import { $, put } from "../dom.js";
import { t, num } from "../words.js";
import { far, lastWord, sum, toDo } from "../doors/counts.js";

export const BY_HAND = ["door", "phone"];

export function byHand(waves, status) {
  const box = $("#byhand"), all = (waves ?? []).filter((one) => Object.keys(one.tasks ?? {}).length);
  const last = lastWord(all.map((one) => one.stage), status), mine = last ? all.filter((one) => one.stage === last) : all;
  const whole = sum(mine.map((one) => one.tasks)), keys = BY_HAND.filter((key) => mine.some((one) => one.channels.includes(key)));
  box.hidden = !mine.length;
  if (!mine.length) return;
  box.classList.toggle("calm", !toDo(whole));
  put($("b", box), t(`doors.title.${last ? last : keys.length > 1 ? "both" : keys[0] ?? "door"}`));
  put($(".n", box), num(toDo(whole)));
  put($(".end", box), far(whole));
  // What is listed before its wave begins, or in a wave of its own, no message can reach: nobody waits for an answer.
  const now = mine.filter((one) => one.state === "waiting" || one.key === "beyond").reduce((n, one) => n + toDo(one.tasks), 0), why = $(".why", box);
  why.hidden = !now;
  put(why.lastChild, now ? t(`byhand.now.${keys.length > 1 ? "both" : keys[0] ?? "door"}`, { n: now }) : "");
}
