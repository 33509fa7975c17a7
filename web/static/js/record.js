// The record: every numbered fact of an incident, oldest first.
import { get, trouble } from "./api.js";
import { $, h } from "./dom.js";
import { t, say, named } from "./words.js";
import { clock, date } from "./clock.js";

const id = document.body.dataset.incident;
const body = $("#list tbody"), empty = $("#empty"), more = $("#next");
let last = 0;

async function load() {
  try {
    const { items, next } = await get(`/incidents/${id}/events?since=${last}&limit=200`);
    body.append(...runs(items).map((one) => h("tr", {}, h("td", { class: "num" }, one.to ? `${one.seq}–${one.to}` : String(one.seq)), h("td", { class: "num" }, `${date(one.at)} ${clock(one.at)}`), h("td", {}, say(one.text) || named("event", one.kind)), h("td", {}, one.actor ?? ""))));
    last = items.at(-1)?.seq ?? last;
    more.hidden = !next && items.length < 200;
    empty.hidden = Boolean(body.children.length);
    if (!body.children.length) empty.textContent = t("record.empty");
  } catch (error) { empty.hidden = false; empty.replaceChildren(trouble(error)); }
}
/** Runs of sending are one row that names its first and last number. */
function runs(items) {
  const kept = [];
  for (const one of items) {
    const top = kept.at(-1);
    if (top && one.kind === "progress" && top.kind === "progress") top.to = one.seq;
    else kept.push({ ...one });
  }
  return kept;
}
more.addEventListener("click", load);
load();
