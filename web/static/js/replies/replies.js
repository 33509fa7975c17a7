// Replies nobody has seen to yet: cries first, then the others, each oldest first; what was settled beside them.
import { look, trouble } from "../api.js";
import { $, $$, h, put } from "../dom.js";
import { t, actor, named } from "../words.js";
import { clock } from "../clock.js";
import { CalmList } from "../board/rows.js";
import { Sound } from "../board/sound.js";
import { ask } from "../dialog.js";
import { showRunning } from "../running.js";
import { card } from "./card.js";
import { near } from "./near.js";
import { by, place, words } from "./said.js";
import { reopen } from "./settle.js";
import { counts, line, waiting } from "./waiting.js";

const { me } = document.body.dataset;
const PAGE = 200, PAGES = 10, EVERY = 3000;
const state = { open: null, settled: [], next: null, failed: null };
const sound = new Sound(false);
let known = null, loading = null, again = false, running = [];

const draw = (one, row) => card(one, row, { done, me });
const lists = {
  cries: new CalmList($("#cry-rows"), $("#cry-more"), { key: (one) => one.id, draw }),
  others: new CalmList($("#other-rows"), $("#other-more"), { key: (one) => one.id, draw }),
};

/** All that is open, and the last that were settled. One question at a time; what came meanwhile is asked for again. */
async function load() {
  if (loading) { again = true; return loading; }
  loading = fetched();
  await loading;
  loading = null;
  if (again) { again = false; load(); }
}
async function fetched() {
  try {
    const open = [];
    let after = "";
    for (let page = 0; page < PAGES && after !== null; page += 1) {
      const read = await look(`/replies?state=open&limit=${PAGE}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
      open.push(...read.items);
      after = read.next;
    }
    const settled = await look("/replies?state=settled&limit=20");
    Object.assign(state, { open, settled: settled.items, next: settled.next, failed: null });
  } catch (error) { state.failed = error; }
  show();
}
async function older() {
  try {
    const read = await look(`/replies?state=settled&limit=20&after=${encodeURIComponent(state.next)}`);
    state.settled.push(...read.items);
    state.next = read.next;
  } catch (error) { $("#settled-failed").replaceChildren(trouble(error)); }
  show();
}

function done(reply) {
  const at = [...$$("#open .r")].findIndex((row) => row.dataset.key === String(reply.id));
  state.open = state.open.filter((one) => one.id !== reply.id);
  document.activeElement?.blur?.();
  show(true);
  ($$("#open .r")[at] ?? $$("#open .r").at(-1) ?? $("#title")).focus({ preventScroll: false });
  load();
}

function show(force = false) {
  $("#failed").replaceChildren(...(state.failed ? [trouble(state.failed), h("p", { class: "hint" }, t("replies.failed")), h("button", { class: "btn", type: "button", onclick: load }, t("replies.again"))] : []));
  if (!state.open) return;
  const cries = state.open.filter((one) => one.cry), others = state.open.filter((one) => !one.cry);
  lists.cries.show(cries, force);
  lists.others.show(others, force);
  $("#cries").hidden = !cries.length;
  $("#others").hidden = !others.length;
  put($("#cries h2"), t("replies.cries", { n: cries.length }));
  put($("#others h2"), t("replies.others", { n: others.length }));
  put($("#count"), t("replies.count", { cries: cries.length, others: others.length }));
  $("#nothing").hidden = Boolean(state.open.length);
  document.body.classList.toggle("crying", cries.length > 0);
  document.title = `${cries.length ? `(${cries.length}) ` : ""}${t("replies.title")} | Muster`;
  heard(cries);
  settledList();
  beside();
}
/** The floors around the reply under the focus, else around the first one with a place. */
function beside() {
  const key = document.activeElement?.closest?.(".r")?.dataset.key;
  const one = state.open.find((it) => String(it.id) === key) ?? state.open.find((it) => it.guess?.place_id);
  near(one, running);
}
/** A new cry is said and heard at once, however the page is held. */
function heard(cries) {
  const fresh = known ? cries.filter((one) => !known.has(one.id)) : [];
  known = new Set(cries.map((one) => one.id));
  if (fresh.length) $("#say-now").textContent = fresh.map((one) => `${t("replies.cry_one")} ${by(one)} ${one.words}`).join(" ");
  sound.cry(cries.length, fresh.length > 0);
}

function settledList() {
  const box = $("#settled-rows");
  put($("#settled-title"), t("replies.settled"));
  const key = JSON.stringify([state.settled, state.next]); // what somebody has open is not drawn anew under them
  if (box.dataset.key === key) return;
  box.dataset.key = key;
  box.replaceChildren(...(state.settled.length ? state.settled.map((one) => settledRow(one)) : [h("li", { class: "empty" }, t("replies.settled_none"))]));
  $("#settled-more").hidden = !state.next;
}
function settledRow(one, failed = "#settled-failed") {
  const again = reopening(one, $(failed));
  const { settled: s } = one;
  const whom = [s.name, place(s)].filter(Boolean).join(t("comma"));
  const what = s.answer ? named("answer", s.answer) : t("replies.no_answer");
  const lost = s.answer && !s.incidents.length ? h("p", { class: "late" }, t("replies.nowhere")) : null;
  return h("li", {},
    h("time", { datetime: s.at, class: "num" }, clock(s.at)),
    h("div", {}, h("b", {}, whom || t("replies.nobody")), h("p", {}, what, s.note ? h("span", { class: "two" }, ` ${s.note}`) : null), lost,
      h("details", {}, h("summary", {}, one.why === "robot" ? t("replies.why.robot") : s.by === "hub" ? t("replies.by_hub") : t("replies.settled_by", { who: actor(s.by, s.by_name) })), words(one), h("p", { class: "hint num" }, by(one)), again)));
}
/** Settled wrongly: it waits again, and what it recorded is taken back. */
function reopening(one, failed) {
  const button = h("button", { class: "btn small", type: "button", onclick: async () => {
    button.disabled = true;
    try { await reopen(one); await load(); if ($("#aside").open) aside(); }
    catch (error) { failed.replaceChildren(trouble(error)); button.disabled = false; }
  } }, t("replies.reopen"));
  return h("p", {}, button, " ", h("span", { class: "hint" }, t(one.settled.answer === "help" ? "replies.reopen_help" : "replies.reopen_note")));
}
/** What machines answered by themselves: nobody has to look, and anybody may. */
async function aside() {
  try {
    const read = await look("/replies?state=aside&limit=50");
    $("#aside-rows").replaceChildren(...(read.items.length ? read.items.map((one) => settledRow(one, "#aside-failed")) : [h("li", { class: "empty" }, t("replies.aside_none"))]));
  } catch (error) { $("#aside-failed").replaceChildren(trouble(error)); }
}

const typing = (target) => target.matches?.("input, textarea, select") || target.closest?.("dialog");
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (event.key === "?") { event.preventDefault(); return keyList(); }
  if (!step) return;
  const cards = $$("#open .r").filter((row) => row.offsetParent);
  if (!cards.length) return;
  event.preventDefault();
  const at = cards.indexOf(document.activeElement?.closest?.(".r"));
  const next = cards[at < 0 ? (step > 0 ? 0 : cards.length - 1) : Math.min(cards.length - 1, Math.max(0, at + step))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
});
const keyList = () => ask({ title: t("keys.title"), body: h("dl", { class: "keys" }, [["J", "↓"], ["K", "↑"], ["Enter"], ["?"]].map((names) => [h("dt", {}, names.map((name) => h("kbd", {}, name))), h("dd", {}, t(`replies.key.${names[0]}`))])) });

$("#aside").addEventListener("toggle", () => $("#aside").open && aside());
$("#settled-more").addEventListener("click", older);
waiting.addEventListener("change", load);
line.addEventListener("contact", ({ detail }) => { $("#line").hidden = detail.open; });
setInterval(() => { if (!line.open) load(); }, EVERY);
setInterval(() => { if (state.open) { for (const name of ["cries", "others"]) for (const row of $$(`#${name} .r`)) { const one = state.open.find((it) => String(it.id) === row.dataset.key); if (one) draw(one, row); } sound.cry(state.open.filter((one) => one.cry).length, false); } }, 1000);
$("#open").addEventListener("focusin", () => state.open && beside());
setInterval(() => state.open?.length && beside(), 10000);
showRunning($("#running")).then((items) => { running = items; if (state.open) beside(); });
if (counts.open !== null || !state.open) load();
