// Who is reached, how fast, at what cost, and what a person must know before sending.
import { $, h, icon, s } from "../dom.js";
import { t, say, named, num } from "../words.js";
import { spanSeconds } from "../clock.js";

const AXIS = [30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

export function reach(preview, currency) {
  for (const key of ["people", "households", "vulnerable"]) $(`[data-n="${key}"]`).textContent = num(preview[key]);
  $('[data-n="told_by"]').textContent = spanSeconds(preview.seconds);
  $("#reach").replaceChildren(...[...nobody(preview), table(preview, preview.currency ?? currency), gantt(preview), ...warnings(preview)].filter(Boolean));
}
export function unknown() {
  for (const key of ["people", "households", "vulnerable", "told_by"]) $(`[data-n="${key}"]`).textContent = "–";
  $("#reach").replaceChildren();
}
const money = (value) => (value ?? 0).toFixed(2);

function table(preview, currency) {
  const rows = preview.channels ?? [];
  return h("div", { class: "scroll" }, h("table", { class: "ptab" }, h("caption", { class: "sr" }, t("form.who")),
    h("thead", {}, h("tr", {}, [t("form.channel"), t("form.sends"), t("form.done_in"), t("form.cost", { currency: currency ?? "" })].map((one) => h("th", { scope: "col" }, one)))),
    h("tbody", {}, rows.map((one) => h("tr", {}, h("th", { scope: "row" }, named("channel", one.channel)), h("td", {}, num(one.sends)), h("td", {}, spanSeconds(one.seconds)), h("td", {}, money(one.cost)))),
      h("tr", { class: "sum" }, h("th", { scope: "row" }, t("form.total")), h("td", {}, num(preview.deliveries)), h("td", {}, spanSeconds(preview.seconds)), h("td", {}, money(preview.cost))))));
}

/** Doors and calls are for whoever is silent by then: nobody knows how many that will be. */
const byHand = ({ channels = [] }) => channels.length > 0 && channels.every((one) => ["door", "phone"].includes(one));

/** Each wave from its start for as long as its slowest channel takes. */
function gantt({ waves = [], channels = [] }) {
  if (!waves.length) return null;
  const speed = new Map(channels.map((one) => [one.channel, one.sends ? one.seconds / one.sends : 0]));
  const lines = waves.map((one) => ({ ...one, long: Math.max(1, ...(one.channels ?? []).map((c) => (speed.get(c) ?? 0) * (one.deliveries || 0) / Math.max(1, one.channels.length))) }));
  const end = AXIS.find((sec) => sec >= Math.max(...lines.map((one) => one.after + one.long))) ?? AXIS.at(-1);
  const share = (sec) => `${Math.min(100, (sec / end) * 100).toFixed(2)}%`;
  return h("div", { class: "gantt", role: "list", "aria-label": t("form.waves") }, lines.flatMap((one, i) => [
    h("span", { role: "listitem" }, `${i + 1} ${say(one.name)}`, h("small", { class: "two" }, t(byHand(one) ? "form.wave_hand" : "form.wave_note", { after: spanSeconds(one.after), n: one.people ?? one.deliveries ?? 0 }))),
    s("svg", { width: "100%", height: 12, "aria-hidden": "true" }, [0, 20, 40, 60, 80].map((x) => s("rect", { class: "tick", x: `${x}%`, width: 1, height: 12 })), s("rect", { class: `wv wv${Math.min(i, 3)}`, x: share(Math.min(one.after, end * 0.97)), y: 1, width: `${Math.max(2.5, (one.long / end) * 100).toFixed(2)}%`, height: 10, rx: 2 }))]),
    h("span", { class: "ax", "aria-hidden": "true" }, [0, 0.5, 1].map((part) => h("span", {}, spanSeconds(end * part)))));
}

/** Who goes to those nothing can reach: the list does not take everybody. */
function unheard({ listed_at_once: listed = 0, unreachable_households: flats = 0 }) {
  if (!listed) return t("form.unreachable_2");
  return [t("form.unreachable_listed", { n: listed }), listed < flats ? t("form.unreachable_rest") : ""].filter(Boolean).join(" ");
}
const isGrave = (one) => one.code.startsWith("nobody_");
/** That it reaches nobody at all stands before every figure. */
const nobody = ({ warnings: said = [] }) => said.filter(isGrave).map((one) => h("p", { class: "warn grave", role: "alert" }, icon("clock"), h("span", {}, say(one.text))));

function warnings(preview) {
  const made = [];
  if (preview.unreachable) made.push(h("p", { class: "warn" }, icon("clock"), h("span", {}, h("b", {}, t("form.unreachable", { n: preview.unreachable, flats: preview.unreachable_households ?? 0 })), " ", unheard(preview))));
  if (preview.screens_offline) made.push(h("p", { class: "warn calm" }, icon("offline"), h("span", {}, t("form.screens_offline", { n: preview.screens_offline, of: preview.screens ?? 0 }))));
  for (const one of preview.warnings ?? []) {
    if (["unreachable", "screens_offline"].includes(one.code) || isGrave(one)) continue;
    made.push(h("p", { class: "warn calm" }, icon("clock"), h("span", {}, say(one.text))));
  }
  return made;
}
