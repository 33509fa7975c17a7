// Waves as a row of steps, channels as bars: read, delivered, accepted, refused. Facts kept apart.
import { $, bar, h, put, rows } from "../dom.js";
import { t, say, named, num } from "../words.js";
import { clock, now, span } from "../clock.js";
import { about } from "./queue.js";
import { toDo } from "../doors/counts.js";

const BAD = ["refused", "failed", "expired"];

const SHOWN = 4; // what has just begun and what comes next; the rest is counted

export function waves(all, open) {
  const next = all.findIndex((one) => one.state === "waiting");
  const from = Math.max(0, Math.min((next < 0 ? all.length : next) - 2, all.length - SHOWN));
  const items = all.slice(from, from + SHOWN);
  const later = all.length - from - items.length;
  put($("#waves-rest"), [from ? t("waves.earlier", { n: from }) : "", later ? t("waves.later", { n: later }) : ""].filter(Boolean).join(t("comma")));
  rows($("#waves"), items, (one) => `${one.stage}-${one.no}-${one.round ?? 0}`, (one, before) => {
    const row = before ?? h("li", {}, h("b"), h("span"));
    const last = one.stage !== "alert"; // told by hand that it is over: no step of the alert's
    const going = last ? toDo(one.tasks ?? {}) > 0 : one.state === "started" && !all.some((other) => other.no > one.no && other.state === "started") && open;
    row.className = one.state === "started" ? (going ? "now" : "done") : "next";
    const wait = one.due_at ? Date.parse(one.due_at) - now() : 0;
    const at = one.state === "started" ? clock(one.started_at) : one.state === "cancelled" ? t("waves.cancelled") : wait > 0 ? t("waves.in", { t: span(wait) }) : t("waves.due");
    row.firstChild.textContent = last ? at : `${Number(one.no) + 1}${one.round ? `.${one.round + 1}` : ""}  ${at}`;
    row.lastChild.textContent = say(one.name);
    return row;
  });
}

export function channels(deliveries = {}, queues = {}) {
  const items = Object.entries(deliveries).filter(([name]) => name !== "none").map(([name, states]) => ({ name, ...count(states) })).filter((one) => one.all > 0);
  rows($("#channels tbody"), items, (one) => one.name, (one) => {
    const name = named("channel", one.name);
    const alt = t("channels.alt", { name, ...one });
    return h("tr", {}, h("th", { scope: "row" }, name, left(queues[one.name])), h("td", { class: "bar" }, bar([["b-read", one.read / one.all], ["b-del", one.delivered / one.all], ["b-acc", one.accepted / one.all], ["b-bad", one.bad / one.all]], alt)),
      h("td", { class: "n" }, h("b", {}, num(one.got)), one.silent ? h("span", { class: "sr" }, t("channels.accepted_only")) : null), h("td", { class: "muted" }, ` / ${num(one.all)}`));
  });
}
const left = (one) => (one ? h("small", { class: one.why ? "late" : null }, one.why ? t("queue.note_stuck") : t("queue.left", { n: one.waiting, about: about(one.seconds ?? 0) })) : null);
function count(states) {
  const of = (...names) => names.reduce((sum, one) => sum + (states[one] ?? 0), 0);
  const all = of(...Object.keys(states)) - of("unreachable", "suppressed", "cancelled");
  const read = of("read"), delivered = of("delivered"), accepted = of("accepted"), bad = of(...BAD);
  const silent = delivered + read === 0 && accepted > 0;
  return { all, read, delivered, accepted, bad, silent, got: silent ? accepted : read + delivered };
}
