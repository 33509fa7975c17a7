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
    body.append(...items.map((one) => h("tr", {}, h("td", { class: "num" }, String(one.seq)), h("td", { class: "num" }, `${date(one.at)} ${clock(one.at)}`), h("td", {}, say(one.text) || named("event", one.kind)), h("td", {}, one.actor ?? ""))));
    last = items.at(-1)?.seq ?? last;
    more.hidden = !next && items.length < 200;
    empty.hidden = Boolean(body.children.length);
    if (!body.children.length) empty.textContent = t("record.empty");
  } catch (error) { empty.hidden = false; empty.replaceChildren(trouble(error)); }
}
more.addEventListener("click", load);
load();
