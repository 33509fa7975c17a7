// Who lives behind a door, how to call them, what they were told. Shown on request; the look is recorded.
import { look, trouble } from "../api.js";
import { h, icon } from "../dom.js";
import { t, named, tongue } from "../words.js";
import { clockShort } from "../clock.js";

const seen = new Map(); // task -> the household as it was opened on this page
const BAD = new Set(["refused", "failed", "expired", "unreachable"]);
let calling = false; // whoever has asked for one number is working through the calls

/** `button`: asks for it; `box`: where it is shown. A number asked for once shows the next ones too. */
export function household(one, { id }) {
  const box = h("div", { class: "household", hidden: true }), calls = one.key === "phone";
  const show = async () => {
    button.hidden = true;
    box.hidden = false;
    box.replaceChildren(h("p", { class: "hint", role: "status" }, t("loading")));
    try {
      const found = seen.get(one.task) ?? await look(`/incidents/${id}/doors/${one.task}`);
      seen.set(one.task, found);
      calling ||= calls;
      box.replaceChildren(h("ul", { class: "people" }, [...found.residents].sort((a, b) => Boolean(a.answer) - Boolean(b.answer)).map(person)));
    } catch (error) { box.replaceChildren(trouble(error)); button.hidden = false; }
  };
  const button = h("button", { type: "button", class: `btn${calls ? " main" : ""}`, onclick: () => show().then(() => (box.querySelector("a") ?? box).focus({ preventScroll: true })) }, icon(calls ? "phone" : "search"), t(calls ? "doors.numbers" : "doors.who"));
  box.tabIndex = -1;
  if (seen.has(one.task) || (calling && calls)) show();
  return { box, button };
}
function person(one) {
  const needs = one.needs.map((need) => named("need", need)).join(t("comma"));
  const sent = one.deliveries.map((d) => h("span", { class: BAD.has(d.state) ? "late" : "" }, [named("channel", d.channel), named("delivery", d.state), BAD.has(d.state) && d.reason ? named("reason", d.reason) : "", clockShort(d.delivered_at ?? d.accepted_at).replace("–", "")].filter(Boolean).join(" ")));
  const said = one.answer ? t("opened.answered", { answer: named("answer", one.answer), at: clockShort(one.answered_at) }) : t("opened.no_answer");
  return h("li", {},
    h("div", {}, h("p", {}, h("b", {}, one.name), h("span", { class: "two" }, ` ${tongue(one.language)}`), needs ? h("span", { class: "needs" }, needs) : null, one.homes?.length ? h("span", { class: "two" }, t("help.homes", { places: one.homes.join(t("comma")) })) : null),
      h("p", { class: "two sent" }, h("span", {}, said), sent)),
    h("p", { class: "numbers" }, one.numbers.length ? one.numbers.map(({ value, dead }) => (dead ? h("span", { class: "late" }, `${value} ${t("doors.dead")}`) : h("a", { class: "btn", href: `tel:${value.replace(/[^+\d]/g, "")}` }, icon("phone"), value))) : h("span", { class: "late" }, t("doors.no_number"))));
}
