// How far a list by hand is: who was seen to, who answered by themselves, who was called off. Kept apart:
// a door nobody needed to go to any more is no door somebody stood at.
import { t } from "../words.js";

export const all = (tasks) => Object.values(tasks).reduce((sum, n) => sum + n, 0);
export const toDo = (tasks) => (tasks.open ?? 0) + (tasks.assigned ?? 0);
export const sum = (many) => many.reduce((whole, one) => {
  for (const [key, n] of Object.entries(one ?? {})) whole[key] = (whole[key] ?? 0) + n;
  return whole;
}, {});

/** The last word, where homes wait to hear it by hand once all is over: these doors are then the ones
 * that count. "" while the alert's own do. `stages`: those that have doors. */
export const lastWord = (stages, status) => (["cleared", "closed"].includes(status) ? ["correction", "all_clear"].find((one) => stages.includes(one)) ?? "" : "");

/** "12 of 40 seen to, 3 answered by themselves, 25 called off". */
export function far(tasks) {
  const rest = ["answered", "stopped"].filter((key) => tasks[key]).map((key) => t(`doors.of_${key}`, { n: tasks[key] }));
  return [t("doors.done_of", { done: tasks.done ?? 0, all: all(tasks) }), ...rest].join(t("comma"));
}
