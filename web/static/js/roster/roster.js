// The roster: found by name, flat or role; each row opens one person.
import { get, trouble } from "../api.js";
import { ask } from "../dialog.js";
import { $, h } from "../dom.js";
import { t, named, tongue } from "../words.js";
import { showRunning } from "../running.js";
import { importer } from "./import.js";
import { person } from "./person.js";
import { repairs } from "./repairs.js";

const may = ["duty", "admin"].includes(document.body.dataset.role);
const body = $("#list tbody"), empty = $("#empty"), more = $("#next");
let next = null, asked = null;

async function load(after = null) {
  asked?.abort();
  asked = new AbortController();
  const query = new URLSearchParams({ limit: "50" });
  const text = $("#q").value.trim(), kind = $("#kind").value;
  if (text) query.set("search", text);
  if (kind) query.set("kind", kind);
  if (after) query.set("after", after);
  try {
    const found = await get(`/recipients?${query}`, { signal: asked.signal });
    const rows = found.items.map(row);
    if (after) body.append(...rows); else body.replaceChildren(...rows);
    next = found.next;
    more.hidden = !next;
    empty.hidden = Boolean(body.children.length);
    if (!body.children.length) empty.textContent = t(text || kind ? "roster.no_match" : "roster.empty");
  } catch (error) {
    if (error.name === "AbortError") return;
    empty.hidden = false;
    empty.replaceChildren(trouble(error));
  }
}
function row(one) {
  const ways = one.addresses.map((a) => h("span", { class: a.usable === false ? "way bad" : "way" }, `${named("channel", a.channel)} ${a.value}`, a.usable === false ? h("b", {}, ` ${named("reason", a.reason)}`) : null));
  return h("tr", {},
    h("th", { scope: "row" }, may ? h("button", { class: "link", onclick: () => edit(one.id) }, one.name) : one.name),
    h("td", { class: one.place ? "num" : "num none" }, [one.place, ...(one.homes ?? [])].filter(Boolean).join(t("comma")) || "–"), h("td", {}, named("recipient", one.kind), one.roles.length ? h("span", { class: "two" }, ` ${one.roles.map((r) => named("role", r)).join(t("comma"))}`) : null),
    h("td", {}, tongue(one.language)), h("td", {}, ways.length ? ways : h("span", { class: one.kind === "screen" ? "two" : "late" }, one.kind === "screen" ? "–" : t("roster.no_way"))),
    h("td", { class: one.needs.length ? "needs" : "none" }, one.needs.map((need) => named("need", need)).join(t("comma")) || "–"), h("td", {}, one.drill ? h("span", { class: "tag" }, t("roster.drill")) : null));
}
async function edit(id) {
  try { if (await person(id)) { load(); wrong.refresh(); } } catch (error) { ask({ title: t("trouble"), body: trouble(error) }); }
}

const wrong = repairs({ edit, people: [$("#people"), more] });
let waiting = 0;
$("#q").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(load, 200); });
$("#kind").addEventListener("change", () => load());
$("#filters").addEventListener("submit", (event) => { event.preventDefault(); load(); });
more.addEventListener("click", () => load(next));
$("#add")?.addEventListener("click", () => edit(null));
addEventListener("roster-changed", () => { load(); wrong.refresh(); });
importer({ done: () => { load(); wrong.refresh(); } });
showRunning($("#running"));
load();
