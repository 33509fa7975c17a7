// Every incident, newest first; drills and tests say so in every row.
import { get, trouble } from "./api.js";
import { $, h } from "./dom.js";
import { t, named, num } from "./words.js";
import { momentShort } from "./clock.js";
import { showRunning, spoken } from "./running.js";

const body = $("#list tbody"), empty = $("#empty"), more = $("#next");
const COUNTS = [["people", "form.people"], ["told", "nums.told"], ["answered", "nums.answered"], ["unreachable", "nums.unreachable"]];
let next = null;

async function load(after = null) {
  try {
    const found = await get(`/incidents?limit=50${after ? `&after=${after}` : ""}`);
    body.append(...found.items.map(row));
    next = found.next;
    more.hidden = !next;
    empty.hidden = Boolean(body.children.length);
    if (!body.children.length) empty.textContent = t("history.empty");
  } catch (error) { empty.hidden = false; empty.replaceChildren(trouble(error)); }
}
function row(one) {
  const tally = one.tally ?? {};
  return h("tr", { class: `is-${one.kind}` },
    h("th", { scope: "row" }, h("span", { class: `tag kind-${one.kind}` }, named("kind", one.kind)), " ", h("a", { href: `/incidents/${one.id}` }, spoken(one)), h("span", { class: "two" }, ` ${one.code ?? ""}`)),
    h("td", {}, [named("status", one.status), one.ended_by ? t("real.status") : ""].filter(Boolean).join(t("comma")), ...left(one)), h("td", { class: "num" }, momentShort(one.launched_at)),
    COUNTS.map(([key, label]) => h("td", { class: "r num", "data-label": t(label) }, num(key === "people" ? one.people : tally[key]))));
}
/** What stands open: who still needs help, and that people were never told it is over. */
function left(one) {
  const said = [one.status === "closed" && !one.cleared ? t("history.uncleared") : "", one.tally?.help ? t("band.help", { n: one.tally.help }) : ""];
  return said.filter(Boolean).map((text) => h("b", { class: "left-open" }, text));
}
more.addEventListener("click", () => load(next));
showRunning($("#running"));
load();
