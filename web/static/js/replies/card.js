// One open reply as a card: the words large, where they came from, who it may be, what to do.
import { trouble } from "../api.js";
import { h, icon, put } from "../dom.js";
import { t, actor, named } from "../words.js";
import { age, clockShort } from "../clock.js";
import { by, place, who, words } from "./said.js";
import { settle, settling } from "./settle.js";

const QUICK = ["safe", "evacuated", "away", "help"];

/** `done(reply)` when it is settled. A card is made once; only its age and its lookers change. */
export function card(one, before, { done, me }) {
  const row = before ?? make(one, done);
  const { n, unit } = age(one.at);
  put(row.querySelector("[data-age]"), n);
  put(row.querySelector("[data-unit]"), unit);
  const others = one.seen_by.filter((look) => look.by !== me);
  put(row.querySelector("[data-seen]"), others.length ? t("replies.seen", { who: others.map((look) => `${actor(look.by, look.name)} ${clockShort(look.at)}`).join(t("comma")) }) : "");
  return row;
}

function make(one, done) {
  const failed = h("div");
  const act = (what) => async (event) => {
    const button = event?.currentTarget;
    if (button) button.disabled = true;
    try { const settled = await what(); if (settled) done(settled); }
    catch (error) { failed.replaceChildren(trouble(error)); if (error.code === "settled") done(one); }
    if (button) button.disabled = false;
  };
  const open = act(() => settling(one));
  const row = h("li", { class: `r${one.cry ? " cry" : ""}`, tabindex: "-1", "aria-label": `${t(one.cry ? "replies.cry_one" : "replies.other_one")} ${by(one)}` },
    h("span", { class: "m num" }, h("span", { "data-age": "" }), h("small", { "data-unit": "" })),
    h("div", { class: "body" }, words(one),
      h("p", { class: "from" }, h("b", { class: "num" }, by(one)), " ", t(`replies.why.${one.why}`), one.incident ? [" ", h("a", { href: `/incidents/${one.incident}` }, t("replies.incident", { code: one.incident_code }))] : null),
      guessed(one), h("p", { class: "hint", "data-seen": "" })),
    h("div", { class: "act" }, actions(one, { act, open }), failed));
  row.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== row) return;
    event.preventDefault();
    open();
  });
  return row;
}

function guessed({ guess }) {
  if (!guess) return h("p", { class: "gs" }, t("replies.no_guess"));
  const likely = guess.by === "number" ? "replies.is" : "replies.maybe";
  return h("p", { class: "gs" }, h("b", {}, t(likely, { who: who(guess) })), " ", t(guess.by === "number" ? "replies.by_number" : "replies.by_words"));
}

function actions(one, { act, open }) {
  const { guess } = one;
  const to = (answer) => act(() => settle(one, { recipient: guess.recipient, answer }));
  const call = h("a", { class: "btn", href: `tel:${one.sender}` }, icon("phone"), t("replies.call"));
  const other = h("button", { class: "btn", type: "button", onclick: open }, t(guess?.recipient ? "replies.other_person" : "replies.choose"));
  if (!guess?.recipient) {
    const first = h("button", { class: `btn ${one.cry ? "main " : ""}big wide`, type: "button", onclick: open }, guess ? t("replies.choose_in", { place: place(guess) }) : t("replies.choose"));
    return [first, h("div", { class: "two2" }, call, one.cry ? null : h("button", { class: "btn", type: "button", onclick: act(() => settle(one)) }, t("replies.seen_to")))];
  }
  if (one.cry) return [h("button", { class: "btn main big wide", type: "button", onclick: to("help") }, t("replies.record_help", { place: place(guess) })), h("div", { class: "two2" }, other, call)];
  return [
    h("div", { class: "as", role: "group", "aria-label": t("replies.record_as") }, h("span", { class: "hint" }, t("replies.record_as")),
      QUICK.map((word) => h("button", { class: `btn small${word === one.answer ? " main" : ""}`, type: "button", onclick: to(word) }, named("answer", word)))),
    h("div", { class: "two2" }, other, call),
    h("button", { class: "btn quiet", type: "button", onclick: act(() => settle(one)) }, t("replies.seen_to")),
  ];
}
