// The hub's own alarms, on every page: asked for by itself, so it works while the live socket is gone.
import { get, post, trouble } from "./api.js";
import { $, h, icon } from "./dom.js";
import { t, say, named } from "./words.js";
import { clock, moment } from "./clock.js";
import { mark, since } from "../screen/elapsed.js";

const EVERY = 5000;
const PATIENCE = 20000; // without an answer for so long, that is the alarm
const box = $("#alarms");
const may = ["duty", "admin"].includes(document.body.dataset.role);
const open = (one) => one.cleared_at === null;
let heard = mark(), shown = "", last = { items: [], audited: true };

function when(one) {
  const said = t("alarm.since", { at: moment(one.raised_at) });
  const over = one.cleared_at === null ? "" : ` ${t("alarm.over", { at: clock(one.cleared_at) })}`;
  return said + over + (one.acknowledged_at ? ` ${t("alarm.seen", { at: clock(one.acknowledged_at) })}` : "");
}
async function acknowledge(one, row) {
  try { await post(`/alarms/${one.id}/acknowledge`, {}); await look(); } catch (error) { row.append(trouble(error)); }
}
function entry(one) {
  const text = say(one.words);
  const row = h("li", { class: `alarm ${one.severity}${open(one) ? "" : " past"}`, "data-key": one.key },
    h("span", { class: "tag" }, named("severity", one.severity)),
    h("p", {}, h("b", {}, text.what), " ", open(one) ? text.do : null,
      h("span", { class: "two" }, ` ${when(one)}`), one.incident ? h("a", { href: `/incidents/${one.incident}` }, ` ${t("alarm.board")}`) : null));
  if (may && one.id && open(one) && !one.acknowledged_at) row.append(h("button", { class: "btn", onclick: () => acknowledge(one, row) }, t("alarm.acknowledge")));
  return row;
}
const plain = (cls, what, todo) => h("li", { class: `alarm ${cls}` }, h("span", { class: "tag" }, named("severity", cls)), h("p", {}, h("b", {}, what), " ", todo));

/** Written only when something changed: a screen reader says it once, and a button under a finger stays. */
function draw(away) {
  const loudElsewhere = Boolean($("[data-cries]")); // the board and the page of replies show cries themselves
  const cries = last.items.filter((one) => open(one) && one.kind === "cry").length; // one line for all of them, with the way
  const now = last.items.filter((one) => open(one) && one.kind !== "cry");
  const state = JSON.stringify([away, cries, last.audited, last.items.map((one) => [one.id, one.cleared_at, one.acknowledged_at])]);
  if (state === shown) return;
  shown = state;
  const loud = now.filter((one) => !one.acknowledged_at), calm = now.filter((one) => one.acknowledged_at);
  const past = last.items.filter((one) => !open(one)).slice(0, 20);
  const rows = loud.map(entry);
  if (cries && !loudElsewhere) rows.unshift(plain("critical", t("cries.title", { n: cries }), may ? h("a", { href: "/replies" }, t("cries.go")) : t("cries.count")));
  if (away) rows.unshift(plain("critical", t("alarm.away"), t("alarm.away_do")));
  else if (!last.audited) rows.unshift(plain("critical", t("alarm.blind"), t("alarm.blind_do")));
  const was = $("details", box)?.open ?? false;
  box.hidden = !rows.length && !calm.length;
  box.replaceChildren(
    rows.length ? h("div", { role: "alert" }, h("h2", {}, icon("bell"), t("alarm.title", { n: rows.length })), h("ul", {}, rows)) : "",
    calm.length || past.length ? h("details", was ? { open: true } : {}, h("summary", {}, t("alarm.more", { n: calm.length, past: past.length })), h("ul", {}, calm.map(entry), past.map(entry))) : "");
}
const tellCries = () => dispatchEvent(new CustomEvent("muster-cries", { detail: last.items.filter((one) => open(one) && one.kind === "cry").map((one) => Number(one.key.split("/")[1])) }));
async function look() {
  try { last = await get("/alarms?limit=60", { timeout: 4000 }); heard = mark(); tellCries(); } catch { /* said below, once it lasts */ }
  draw(since(heard) > PATIENCE);
}
async function follow() {
  for (;;) {
    await look();
    await new Promise((next) => setTimeout(next, EVERY));
  }
}
if (box) follow();
