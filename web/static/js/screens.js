// Screens: what hangs where, what it says it shows, since when it is silent; pairing by code.
import { get, post, trouble } from "./api.js";
import { $, h, icon, put } from "./dom.js";
import { t } from "./words.js";
import { ageText } from "./clock.js";
import { digits } from "./pairing.js";
import { showRunning } from "./running.js";

const which = $("#which"), form = $("#pair-form"), result = $("#pair-result");
const state = (one) => (!one.paired ? "unpaired" : one.connected ? (one.showing ? "showing" : "calm") : "offline");

async function load() {
  try {
    const { items } = await get("/screens");
    $("#list tbody").replaceChildren(...items.map(row));
    $("#empty").hidden = items.length > 0;
    if (!items.length) $("#empty").textContent = t("screens.none");
    const lit = items.filter((one) => one.connected).length, paired = items.filter((one) => one.paired).length;
    if (items.length) put($("#summary"), t("screens.summary", { all: items.length, paired, lit }));
    if (which && !which.matches(":focus")) options(items);
  } catch (error) { $("#empty").hidden = false; $("#empty").replaceChildren(trouble(error)); }
}
function row(one) {
  const now = state(one);
  return h("tr", { class: `scr-${now}` }, h("th", { scope: "row" }, one.name), h("td", { class: "num" }, one.place || "–"),
    h("td", {}, h("span", { class: `lamp ${now}` }, icon(now === "offline" ? "offline" : now === "unpaired" ? "plus" : "screen"), t(`screens.is.${now}`))),
    h("td", {}, one.showing ? t("screens.revision", { n: one.showing.revision }) : one.connected ? t("screens.calm") : "–"),
    h("td", {}, one.connected ? t("screens.now") : one.seen_at ? t("screens.ago", { age: ageText(one.gone_at ?? one.seen_at) }) : "–"));
}
function options(items) {
  const before = which.value;
  which.replaceChildren(...[...items].sort((a, b) => Number(a.paired) - Number(b.paired)).map((one) => h("option", { value: one.recipient, selected: String(one.recipient) === before }, one.paired ? t("pair.replace", { name: one.name }) : one.name)));
}
if (form) {
  const boxes = digits(form);
  const given = location.hash.slice(1);
  if (/^\d{6}$/.test(given)) form.querySelectorAll(".code input").forEach((box, i) => { box.value = given[i]; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = boxes.value();
    if (code.length !== 6 || !which.value) return result.replaceChildren(h("p", { class: "late" }, t(which.value ? "pair.six" : "pair.no_screen")));
    try {
      await post(`/screens/pairings/${code}`, { recipient: Number(which.value) });
      result.replaceChildren(h("p", { class: "good" }, icon("tick"), t("pair.done", { name: which.selectedOptions[0].textContent })));
      boxes.clear();
      load();
    } catch (error) { result.replaceChildren(trouble(error)); }
  });
}
showRunning($("#running"));
load();
setInterval(() => { if (!document.hidden) load(); }, 5000);
