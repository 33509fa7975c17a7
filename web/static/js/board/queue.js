// What cannot be sent now, and what nobody can be sure of: only where there is any.
import { $, h, icon, put, rows } from "../dom.js";
import { t, has, named } from "../words.js";

/** "about 6 min": rounded up, so that it is kept; nobody counts the last seconds. */
export function about(seconds) {
  if (seconds <= 10) return t("queue.soon");
  if (seconds < 60) return t("queue.about", { t: `${Math.ceil(seconds / 10) * 10} ${t("unit.sec")}` });
  if (seconds < 5400) return t("queue.about", { t: `${Math.ceil(seconds / 60)} ${t("unit.min")}` });
  return t("queue.about", { t: `${Math.ceil(seconds / 1800) / 2} ${t("unit.hour")}` });
}
const counted = (channel, n) => t(has(`queue.${channel}`) ? `queue.${channel}` : "queue.other", { n, name: named("channel", channel) });
const stuck = ([channel, one]) => ({ id: channel, late: true, what: t("queue.stuck", { what: counted(channel, one.waiting) }), more: t(`queue.${one.why}`, { accounts: (one.accounts ?? []).join(t("comma")) }) });
const doubtful = (id, n) => (n > 0 ? [{ id, what: t(`copies.${id}`, { n }), more: t(`copies.${id}_2`, { n }) }] : []);

export function queue(queues = {}, tally = {}) {
  const items = [...Object.entries(queues).filter(([, one]) => one.why).map(stuck), ...doubtful("in_doubt", tally.in_doubt), ...doubtful("doubled", tally.doubled)];
  const list = $("#queue");
  list.hidden = !items.length;
  rows(list, items, (one) => `${one.id}-${one.late ?? ""}`, (one, before) => {
    const row = before ?? h("li", { class: one.late ? "late" : null }, one.late ? icon("clock") : null, h("p", {}, h("b"), " ", h("span", { class: "two" })));
    put(row.querySelector("b"), one.what);
    put(row.querySelector("span"), one.more ?? "");
    return row;
  });
}

/** One note for the number of people not reached yet: the longest queue says when all is handed over. */
export function untilAll(queues = {}) {
  const all = Object.values(queues);
  if (!all.length) return "";
  return all.some((one) => one.why) ? t("queue.note_stuck") : t("queue.note", { about: about(Math.max(...all.map((one) => one.seconds ?? 0))) });
}
