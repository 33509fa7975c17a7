// Numbers somebody should put right: what is wrong, since when, and the two ways to end it.
import { call, get, look, trouble } from "../api.js";
import { $, h, put } from "../dom.js";
import { t, named, num, say, capital } from "../words.js";
import { momentShort } from "../clock.js";
import { optIn } from "./optout.js";

const box = $("#repairs"), switch_ = $("#show-repairs");

export function repairs({ edit, people }) {
  if (!box) return { refresh() {} };
  const body = $("tbody", box), empty = $("#repairs-empty"), more = $("#repairs-next"), failed = $("#repairs-failed");
  let next = null, on = location.hash === "#repairs";

  async function load(after = 0) {
    try {
      const found = await look(`/repairs?limit=50&after=${after}`);
      failed.replaceChildren();
      count(found.total);
      next = found.next;
      more.hidden = next === null;
      if (after) body.append(...found.items.map(row)); else body.replaceChildren(...found.items.map(row));
      empty.hidden = found.total > 0;
      $(".scroll", box).hidden = !found.total;
    } catch (error) { failed.replaceChildren(trouble(error)); }
  }
  /** How many, for the switch alone: nobody's number is looked at for it. */
  async function refresh() {
    if (on) return load();
    try { count((await get("/repairs/count")).total); } catch { /* the switch works without its number */ }
  }
  function count(total) {
    put($("b", switch_), num(total));
    switch_.classList.toggle("calm", !total);
  }
  function row(one) {
    const wrong = h("div");
    const again = async (event) => {
      event.currentTarget.disabled = true;
      try { await call("DELETE", `/repairs/${one.id}`); await load(); $("#repairs-title").focus(); } catch (error) { wrong.replaceChildren(trouble(error)); }
    };
    return h("tr", {},
      h("th", { scope: "row" }, h("button", { class: "link", type: "button", onclick: async () => { await edit(one.recipient); await load(); } }, one.name), h("span", { class: "two" }, ` ${named("recipient", one.kind)}`)),
      h("td", {}, capital(say(one.spoken)) || one.place || "–"),
      h("td", {}, h("span", { class: "num" }, one.value), h("span", { class: "two" }, ` ${named("channel", one.channel)}`)),
      h("td", {}, h("b", { class: "late" }, t(`repairs.why.${one.why}`)), h("p", { class: "two" }, t(`repairs.do.${one.why}`)), wrong),
      h("td", { class: "num" }, momentShort(one.since)),
      h("td", {}, one.why === "opted_out" ? h("button", { class: "btn small", type: "button", "aria-label": t("optout.of", { name: one.name }), onclick: async () => { if (await optIn(one.recipient, one.name)) { await load(); $("#repairs-title").focus(); } } }, t("optout.button")) : one.flagged && one.why === "gone" ? h("button", { class: "btn small", type: "button", onclick: again, "aria-label": t("repairs.again_of", { name: one.name }) }, t("repairs.again")) : null));
  }
  function show() {
    switch_.setAttribute("aria-pressed", String(on));
    box.hidden = !on;
    for (const one of people) one.toggleAttribute("data-away", on);
    history.replaceState(null, "", on ? "#repairs" : location.pathname + location.search);
  }
  switch_.addEventListener("click", () => { on = !on; show(); refresh(); if (on) $("#repairs-title").focus(); });
  more.addEventListener("click", () => load(next));
  if (on) show();
  refresh();
  return { refresh };
}
