// Doors to knock at and calls to make, for whoever stands in the stairwell with a phone.
import { get, trouble } from "../api.js";
import { $, $$, bar, h, put, rows } from "../dom.js";
import { t, say, named } from "../words.js";
import { clock, clockShort, now, span } from "../clock.js";
import { Live } from "../live.js";
import { mark } from "../../screen/elapsed.js";
import { Contact } from "../board/contact.js";
import { DoorList } from "./list.js";
import { Outbox } from "./outbox.js";
import { ORDERS, dangerLevel, sortBlocks } from "./order.js";
import { ANSWERS, outcomeText } from "./row.js";
import { all, far, lastWord, sum, toDo } from "./counts.js";

const { incident: id, place, actor, started } = document.body.dataset;
const CALM = 1500; // ms between two readings, however much happens
const WHOLE = 6000; // ms between two readings of a whole block: a stairwell's line is thin
const STILL = 600; // ms in which a second tap is a slip, not the next door's outcome
const PAGE = 500, FEW = 4; // rows of one reading; doors read one by one
const live = new Live(`incident:${id}`);
const say_soon = (text) => put($("#say-soon"), text);
const contact = new Contact(live, { speak: (text) => put($("#say-now"), text) });
const outbox = new Outbox(id, actor);
const asked = new URLSearchParams(location.search);
const state = { blocks: [], block: asked.get("block") ?? "", status: document.body.dataset.status, waves: [], notices: [], closedAt: null };

let quiet = -Infinity;
const page = {
  id, actor, outbox, opened: null, filter: "todo", order: ORDERS.includes(asked.get("order")) ? asked.get("order") : "danger",
  get closed() { return state.status === "closed"; },
  danger: () => dangerLevel([...list.items.values()], place),
  open(task, focus = false) {
    const before = page.opened;
    page.opened = task;
    for (const one of [before, task]) if (one !== null && list.items.has(one)) list.node(one)?.show(list.items.get(one));
    if (focus) list.node(task)?.head.focus();
    if (task !== null) list.node(task)?.node.scrollIntoView({ block: "nearest" });
  },
  /** One tap: it is entered, and the next door is open under the thumb. */
  enter(one, outcome) {
    if (performance.now() - quiet < STILL) return;
    quiet = performance.now();
    const next = outcome === null ? null : list.next(one.task, ANSWERS.includes(outcome.split(":")[0]) ? one.household : null);
    page.opened = next;
    outbox.put(one.task, outcome, one.state);
    say_soon(t("doors.spoken", { place: say(one.spoken) || one.flat, what: outcome === null ? t("doors.reopened") : outcomeText(outcome) }));
    list.draw();
    const to = list.node(next ?? one.task);
    to?.head.focus({ preventScroll: true });
    to?.node.scrollIntoView({ block: "nearest" });
  },
  counted({ shown }) {
    put($("#block-left"), left() ? t("doors.left", { n: left() }) : t("doors.all_done"));
    emptiness(shown);
  },
};
const list = new DoorList(page);
const left = () => [...list.items.values()].filter((one) => one.state !== "done" && !outbox.of(one.task)).length;
const blockName = (one) => (one.block === "-" ? t("doors.nowhere") : say(one.spoken) || one.block);

// ── Reading ────────────────────────────────────────────────────────────────────────────────────
async function readBlocks() {
  const { items } = await get(`/incidents/${id}/doors/blocks`);
  state.blocks = sortBlocks(items, place);
  if (!state.blocks.some((one) => one.block === state.block)) state.block = (state.blocks.find((one) => toDo(one.tasks)) ?? state.blocks[0])?.block ?? "";
  drawBlocks();
}
let reading = 0;
async function readList({ keep = false } = {}) {
  const mine = ++reading, found = [];
  if (!state.block) { list.set([]); return; }
  for (let after = 0; after !== null;) {
    const got = await get(`/incidents/${id}/doors?block=${encodeURIComponent(state.block)}&after=${after}&limit=${PAGE}`);
    if (mine !== reading) return;
    found.push(...got.items);
    after = got.next;
    if (!keep && after !== null) list[found.length === got.items.length ? "set" : "add"](got.items);
  }
  list.set(found, { keep: keep && list.items.size > 0 });
}
let due = 0, last = -Infinity, all_due = false, all_last = -Infinity, later = 0;
const touched = new Set();
/** Something has moved (0: no single door): soon read what is different, once, however much did. */
function moved(task) {
  if (task) touched.add(task); else all_due = true;
  due ||= setTimeout(look, Math.max(250, CALM - (performance.now() - last)));
}
async function look() {
  due = 0; last = performance.now();
  const some = [...touched].filter((one) => list.items.has(one)), wait = all_last + WHOLE - last;
  touched.clear();
  all_due ||= some.length > FEW;
  const whole = all_due && wait <= 0;
  if (whole) { all_due = false; all_last = last; }
  else if (all_due) later ||= setTimeout(() => { later = 0; moved(0); }, wait);
  try {
    await readBlocks();
    if (whole) await readList({ keep: true });
    else for (const one of some.slice(0, FEW)) { const { items } = await get(`/incidents/${id}/doors?after=${one - 1}&limit=1`); if (items[0]?.task === one) list.change(items[0]); }
    ended();
  } catch { /* the next event, snapshot or turn of the clock asks again */ }
}
async function begin() {
  try { await readBlocks(); await readList(); first(); ended(); $("#failed").replaceChildren(); }
  catch (error) { if (error.status !== 401) $("#failed").replaceChildren(trouble(error), h("button", { class: "btn", type: "button", onclick: begin }, t("doors.try"))); }
}

// ── Drawing ────────────────────────────────────────────────────────────────────────────────────
/** Once all is over and some are to hear it by hand, the page is about that alone. */
const stageNow = () => lastWord(state.blocks.flatMap((one) => Object.keys(one.stages)), state.status);
function drawHead() {
  const stage = stageNow(), whole = sum(state.blocks.map((one) => (stage ? one.stages[stage] : one.tasks))), every = all(whole), keys = new Set(state.blocks.flatMap((one) => one.keys));
  put($("#title"), t(`doors.title.${stage ? stage : keys.size > 1 ? "both" : keys.has("phone") ? "phone" : "door"}`));
  put($("#done"), every ? far(whole) : "");
  $("#share").replaceChildren(every ? bar([["b-read", (whole.done ?? 0) / every], ["b-acc", (whole.answered ?? 0) / every]], far(whole)) : "");
}
function drawBlocks() {
  drawHead();
  $("#blocks").hidden = state.blocks.length < 2;
  rows($("#block-rows"), state.blocks, (one) => one.block, (one, before) => {
    const to = toDo(one.tasks);
    const row = before ?? h("li", {}, h("a", { onclick: (event) => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); choose(one.block); } } }, h("span"), h("b", { class: "num" })));
    row.firstChild.setAttribute("href", `?block=${encodeURIComponent(one.block)}`);
    if (one.block === state.block) row.firstChild.setAttribute("aria-current", "true"); else row.firstChild.removeAttribute("aria-current");
    row.className = to ? "" : "empty-block";
    put(row.firstChild.firstChild, blockName(one));
    put(row.firstChild.lastChild, to ? t("doors.left", { n: to }) : t("doors.all_done"));
    return row;
  });
  const here = state.blocks.find((one) => one.block === state.block);
  put($("#block-name"), here ? blockName(here) : "");
  $("#list").hidden = !here;
}
async function choose(block) {
  state.block = block;
  page.opened = null;
  list.forget();
  history.replaceState(null, "", `?block=${encodeURIComponent(block)}`);
  drawBlocks();
  try { await readList(); first(); } catch (error) { $("#failed").replaceChildren(trouble(error)); }
  $("#block-name").focus({ preventScroll: true });
}
/** The first door is open at once, so that one tap is enough. */
function first() {
  if (page.opened !== null || page.closed || page.filter !== "todo") return;
  page.open(list.next(null));
}
function emptiness(shown) {
  const box = $("#nothing"), none = !state.blocks.length;
  box.hidden = !none && shown > 0;
  if (box.hidden) return;
  const next = state.blocks.find((one) => one.block !== state.block && toDo(one.tasks) > 0);
  const wave = coming();
  const planned = wave && state.status === "open" ? t("doors.empty_when", { name: say(wave.name), at: clockShort(wave.due_at) }) : state.waves.length && state.status === "open" ? t("doors.empty_none") : "";
  const text = none ? [h("b", {}, t(state.status === "open" ? "doors.empty" : "doors.empty_over")), " ", planned] : page.filter === "done" ? t("doors.nothing_done") : h("b", {}, t("doors.block_done"));
  box.replaceChildren(h("p", {}, text), none || !next || page.filter === "done" ? "" : h("button", { class: "btn main big", type: "button", onclick: () => choose(next.block) }, t("doors.next", { name: blockName(next), n: toDo(next.tasks) })));
}
/** The wave by hand that is still to come; what is listed before it, no message can reach. */
const coming = () => state.waves.find((one) => one.state === "waiting" && !one.round && one.channels.some((key) => ["door", "phone"].includes(key)));

/** What is over is said once, and nothing can be pressed any more. */
function ended() {
  document.body.dataset.status = state.status;
  const tag = $("#over");
  const next = state.status === "open" && state.blocks.length ? coming() : null;
  tag.hidden = state.status === "open" && !next;
  put(tag, next ? t("doors.first", { at: clockShort(next.due_at) }) : state.status === "open" ? "" : page.closed ? t("doors.closed") : toTell() || t("doors.over", { status: named("status", state.status) }));
  if (page.closed) page.opened = null;
  for (const one of list.items.values()) list.node(one.task)?.show(one);
  unsent();
}
/** What is to be said at these doors now, and what the notice added; "" if nothing is. */
function toTell() {
  const stage = stageNow(), last = state.notices.filter((one) => one.stage === stage).at(-1), said = say(last?.texts) || last?.text;
  if (!stage || !toDo(sum(state.blocks.map((one) => one.stages[stage])))) return "";
  return [t(`doors.tell.${stage}`), said ? t("doors.tell_words", { text: said }) : ""].join("");
}
function unsent() {
  const stuck = outbox.stuck.length, { others } = outbox;
  $("#unsent").hidden = !stuck && !others;
  $("#try-now").hidden = !stuck;
  put($("#unsent-text"), [stuck ? t("doors.unsent", { n: stuck }) : "", others ? t("doors.unsent_others", { n: others }) : ""].filter(Boolean).join(" "));
}

// ── Hearing ────────────────────────────────────────────────────────────────────────────────────
for (const kind of ["changed", "row", "sent"]) outbox.addEventListener(kind, ({ detail }) => {
  const { row, task } = detail;
  if (row) list.change(row); else list.refresh(task);
  if (kind === "sent") { last = -Infinity; moved(task); }
  const one = list.items.get(task);
  if (one && ["clash", "refused"].includes(outbox.of(task)?.phase)) put($("#say-now"), `${say(one.spoken) || one.flat}${t("colon")}${list.node(task)?.status.firstChild?.textContent ?? ""}`);
  unsent();
});
live.addEventListener("snapshot", ({ detail }) => { heard(detail); moved(0); });
live.addEventListener("progress", ({ detail }) => { if (detail.incident || detail.waves || detail.notices) heard(detail); });
live.addEventListener("event", ({ detail: { event } }) => {
  if (event?.kind === "task" || event?.kind === "assigned") moved(event.data?.tasks ? 0 : event.data?.task ?? 0);
  if (event?.kind === "wave") moved(0);
  if (["notice", "stopped", "closed"].includes(event?.kind)) { status(); moved(0); }
});
live.addEventListener("refused", ({ detail }) => { const box = $("#stale"); box.hidden = false; box.textContent = t("live.refused", { what: detail.what ?? "" }); });
async function status() {
  try { heard({ incident: await get(`/incidents/${id}`) }); return true; } catch { return false; /* the bar above says it */ }
}
function heard(frame) {
  if (frame.waves) state.waves = frame.waves;
  if (frame.notices) state.notices = frame.notices;
  if (frame.incident?.status) state.status = frame.incident.status;
  if (frame.incident && "closed_at" in frame.incident) state.closedAt = frame.incident.closed_at;
  drawHead();
  ended();
  emptiness([...list.items.values()].length ? list.order.length : 0);
}
for (const button of $$("[data-filter]")) button.addEventListener("click", () => {
  page.filter = button.dataset.filter;
  page.opened = null;
  for (const one of $$("[data-filter]")) one.setAttribute("aria-pressed", String(one === button));
  list.begin();
  first();
});
$("#order").value = page.order;
$("#order").addEventListener("change", ({ target }) => { page.order = target.value; list.begin(); });
$("#floors").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !event.target.matches(".door-head")) return;
  event.preventDefault();
  const heads = $$(".door-head", $("#floors"));
  heads[heads.indexOf(event.target) + step]?.focus();
});
$("#try-now").addEventListener("click", () => outbox.retry());

function tick() {
  contact.tick();
  put($("#elapsed"), span((Date.parse(state.closedAt ?? "") || now()) - Date.parse(started)));
  put($("#started"), clock(started));
}
setInterval(tick, 1000);
// Where no socket gets through, and where a doubt remains, the list is read again by itself.
setInterval(async () => { if (live.open) return; if (await status()) { live.lastContact = mark(); moved(0); } }, 5000);
tick();
live.connect();
begin();
