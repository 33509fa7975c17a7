// The record: every numbered fact of an incident, oldest first.
import { get, trouble } from "./api.js";
import { $, h } from "./dom.js";
import { t, actor, say, named } from "./words.js";
import { moment } from "./clock.js";

const id = document.body.dataset.incident;
const body = $("#list tbody"), empty = $("#empty"), more = $("#next");
let last = 0;
const ROWS = 60, PAGES = 10; // a run of sending is hundreds of facts and one row: read until there is something to read

async function load() {
  const from = last;
  try {
    const items = [];
    let left = true;
    for (let page = 0; left && page < PAGES && runs(items).length < ROWS; page += 1) {
      const read = await get(`/incidents/${id}/events?since=${last}&limit=500`);
      items.push(...read.items);
      last = read.items.at(-1)?.seq ?? last;
      left = Boolean(read.next) || read.items.length >= 500;
    }
    body.append(...runs(items).map((one) => h("tr", {}, h("td", { class: "num" }, one.to ? `${one.seq}–${one.to}` : String(one.seq)), h("td", { class: "num" }, moment(one.at)), h("td", {}, say(one.text) || named("event", one.kind)), h("td", {}, actor(one.actor ?? "") /* a number of the register, never a name */))));
    more.hidden = !left;
    empty.hidden = Boolean(body.children.length);
    if (!body.children.length) empty.textContent = t("record.empty");
  } catch (error) { last = from; empty.hidden = false; empty.replaceChildren(trouble(error)); }
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
