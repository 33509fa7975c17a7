// Settling a reply: whose it is, what it answers, what was done about it. Nothing is guessed by itself.
import { Trouble, get, post } from "../api.js";
import { ask } from "../dialog.js";
import { h } from "../dom.js";
import { t, named } from "../words.js";
import { by, place, words } from "./said.js";

const ANSWERS = ["help", "safe", "evacuated", "away"];
const FEW = 8;

export const settle = (one, { recipient = null, answer = "", note = "" } = {}) =>
  post(`/replies/${one.id}`, { ...(recipient ? { recipient } : {}), ...(answer ? { answer } : {}), note });

export const reopen = (one) => post(`/replies/${one.id}`, { state: "open" });

/** Resolves to the reply as settled, or null if the person went back. */
export function settling(one) {
  const guess = one.guess ?? {};
  const people = finder(guess);
  const said = one.answer || (one.cry ? "help" : "");
  const answers = h("fieldset", { class: "radios answers" }, h("legend", {}, t("replies.which")),
    [...ANSWERS, ""].map((word) => h("label", {}, h("input", { type: "radio", name: "answer", value: word, checked: word === said }), h("span", {}, word ? named("answer", word) : t("replies.none")))));
  const note = h("textarea", { id: "reply-note", maxlength: "500", rows: "2" });
  const body = h("div", { class: "ask-body settle" },
    h("div", { class: `quote${one.cry ? " cry" : ""}` }, words(one), h("p", { class: "two" }, by(one))),
    people.box, answers,
    h("div", { class: "field" }, h("label", { for: "reply-note" }, t("replies.note")), note, h("span", { class: "hint" }, t("replies.note_hint"))));
  return ask({
    title: t("replies.whose"), body, go: t("replies.settle"), wide: true,
    act: (form) => {
      const recipient = people.chosen();
      const answer = form.elements.answer.value;
      if (one.cry && !recipient && !note.value.trim()) { note.focus(); throw new Trouble(0, { detail: t("replies.say_what") }); }
      return settle(one, { recipient, answer: recipient ? answer : "", note: note.value.trim() });
    },
  });
}

/** People by name or flat, as radio buttons; the guess stands first and chosen. */
function finder(guess) {
  const rows = h("div", { class: "radios people-found", role: "radiogroup", "aria-label": t("replies.person") });
  const box = h("input", { id: "reply-find", type: "search", autocomplete: "off", "aria-describedby": "reply-find-hint", autofocus: !guess.recipient });
  const radio = (id, name, where, on) => h("label", {}, h("input", { type: "radio", name: "recipient", value: String(id), checked: on }), h("span", {}, h("b", {}, name), where ? h("span", { class: "two" }, ` ${where}`) : null));
  const nobody = () => radio("", t("replies.nobody"), "", !guess.recipient);
  const first = () => [guess.recipient ? radio(guess.recipient, guess.name, place(guess), true) : null].filter(Boolean);
  let later = 0;
  const look = async () => {
    const text = box.value.trim();
    if (!text) return rows.replaceChildren(...first(), nobody());
    try {
      const { items } = await get(`/recipients?search=${encodeURIComponent(text)}&kind=resident&kind=staff&limit=${FEW}`);
      if (box.value.trim() !== text) return;
      const others = items.filter((one) => one.id !== guess.recipient).map((one) => radio(one.id, one.name, one.place, false));
      rows.replaceChildren(...first(), ...others, others.length ? "" : h("p", { class: "hint" }, t("find.none")), nobody());
    } catch { rows.replaceChildren(...first(), h("p", { class: "late" }, t("replies.find_failed")), nobody()); }
  };
  box.addEventListener("input", () => { clearTimeout(later); later = setTimeout(look, 150); });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return; // never sends: it chooses the first one found
    event.preventDefault();
    rows.querySelector(`input:not([value=""]):not([value="${guess.recipient ?? ""}"])`)?.click();
  });
  if (!guess.recipient && guess.place) box.value = guess.place;
  look();
  return {
    box: h("div", { class: "field" }, h("label", { for: "reply-find" }, t("replies.find")), box, h("span", { class: "hint", id: "reply-find-hint" }, t("replies.find_hint")), rows),
    chosen: () => Number(rows.querySelector("input:checked")?.value) || null,
  };
}
