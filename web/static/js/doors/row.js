// One door: where, what is needed, how far they were reached; opened, the outcomes under the thumb.
import { chip, h, icon, put } from "../dom.js";
import { t, say, named, tongue, capital, actor } from "../words.js";
import { clockShort } from "../clock.js";
import { household } from "./household.js";

export const ANSWERS = ["safe", "help", "evacuated", "away"];
const OTHERS = ["not_home", "refused", "no_access", "other"];
const MARK = { safe: "safe", help: "help", evacuated: "evac", away: "away" };
const NOTE = 120;

const wordOf = (outcome) => String(outcome ?? "").split(":")[0].trim();
const noteOf = (outcome) => String(outcome ?? "").split(":").slice(1).join(":").trim();
export const outcomeText = (outcome) => [named("outcome", wordOf(outcome)), noteOf(outcome)].filter(Boolean).join(t("colon"));
/** What a household has said of itself: help if anybody has, else what most of them gave. */
const theirs = (answers = {}) => (answers.help ? "help" : Object.entries(answers).sort((a, b) => b[1] - a[1])[0]?.[0] ?? "");

/** Of the alert there is nothing to say: of what comes after it, that this door is to hear it. */
const after = (one) => (one.stage && one.stage !== "alert" ? named("stage", one.stage) : "");
function reached(one) {
  if (after(one)) return t("doors.hears", { stage: after(one) });
  if (one.answered && one.answered < one.people) return t("doors.reach.some", { n: one.answered, all: one.people });
  if (one.unreachable) return [t("doors.reach.none"), one.why ? named("reason", one.why) : ""].filter(Boolean).join(t("colon"));
  return t(`doors.reach.${one.delivered ? "delivered" : one.told ? "told" : "untold"}`);
}

/** `page`: what a row asks of its page: may, closed, actor, outbox, opened, open(task), enter(...). */
export class Door {
  constructor(one, page) {
    this.page = page;
    this.head = h("button", { class: "door-head", type: "button", "aria-controls": `door-${one.task}`, onclick: () => page.open(page.opened === this.one.task ? null : this.one.task) },
      h("b", { class: "flat-no" }), h("span", { class: "door-about" }, h("span", { class: "needs needs-line" }), h("span", { class: "reach two" })), h("span", { class: "door-state" }));
    this.body = h("div", { class: "door-body", id: `door-${one.task}`, hidden: true });
    this.status = h("div", { class: "door-status", hidden: true });
    this.node = h("li", { class: "door" }, h("h4", {}, this.head), this.status, this.body);
    this.show(one);
  }

  show(one) {
    this.one = one;
    const entry = this.page.outbox.of(one.task), open = this.page.opened === one.task;
    put(this.head.children[0], one.whose || one.flat || say(one.spoken));
    put(this.head.querySelector(".needs-line"), capital(one.needs.map((need) => named("need", need)).join(t("comma"))));
    put(this.head.querySelector(".reach"), [t("doors.people", { n: one.people }), one.languages.map(tongue).join(t("comma")), ...(one.state === "done" ? [after(one), this.#by()] : [reached(one)]), one.assigned ? t("doors.has", { who: one.assigned }) : ""].filter(Boolean).join(t("doors.dot")));
    this.node.className = `door ${entry?.phase ?? one.state}${open ? " is-open" : ""}${one.needs.length ? " has-needs" : ""}`;
    this.head.setAttribute("aria-expanded", String(open));
    this.#state(entry);
    this.#says(entry);
    this.#inside(open, entry);
  }

  /** What it came to, on the row itself. */
  #state(entry) {
    const { one, page } = this;
    const outcome = entry && entry.phase !== "clash" ? entry.outcome : one.state === "done" ? one.outcome : null;
    const box = this.head.lastElementChild, word = outcome === null ? "" : wordOf(outcome), said = word === "answered" ? theirs(one.answers) : "";
    const key = [word, said, one.key, outcome, entry?.phase, page.closed].join("|");
    if (box.dataset.key === key) return;
    box.dataset.key = key;
    const text = said ? t("doors.answered", { what: named("outcome", said) }) : outcomeText(outcome), look = MARK[said || word];
    box.replaceChildren(...(word
      ? [look ? chip(look) : "", h("span", {}, h("span", { class: "came" }, text), entry || page.closed ? "" : h("span", { class: "change" }, t("doors.change")))]
      : [one.key === "phone" ? icon("phone") : "", h("span", { class: "sr" }, t("doors.open"))]));
  }
  #by() {
    const at = clockShort(this.one.done_at);
    return this.one.done_by === "hub" ? at : t("doors.by", { at, who: this.#who() });
  }
  /** What became of an entry: held, on its way, stuck, or somebody was first. */
  #says(entry) {
    const key = entry ? `${entry.phase}|${entry.why}|${entry.outcome}|${this.one.outcome}` : "";
    if (this.status.dataset.key === key) return;
    this.status.dataset.key = key;
    this.status.hidden = !key;
    this.status.replaceChildren(...(entry ? this.#entry(entry) : []));
  }
  #entry({ phase, why, outcome }) {
    const { outbox } = this.page, { task } = this.one;
    const button = (text, act, look = "") => h("button", { class: `btn small ${look}`, type: "button", onclick: act }, text);
    if (phase === "held") return [h("span", {}, t("doors.held")), button(t("doors.undo"), () => { outbox.drop(task); this.page.open(task); })];
    if (phase === "sending") return [h("span", {}, t("doors.sending"))];
    if (phase === "waiting") return [h("span", { class: "late" }, t("doors.waiting", { why: why || t("doors.no_contact") })), button(t("doors.try"), () => outbox.retry()), button(t("doors.take_back"), () => outbox.drop(task), "quiet")];
    if (phase === "refused") return [h("span", { class: "late" }, why), button(t("doors.drop"), () => outbox.drop(task))];
    const { one } = this;
    const first = one.state === "done" ? t("doors.clash", { who: this.#who(), what: outcomeText(one.outcome), at: clockShort(one.done_at) }) : t("doors.clash_open");
    return [h("span", { class: "late" }, first), button(t("doors.keep"), () => outbox.drop(task), "main"), outcome === null ? null : button(t("doors.mine", { what: outcomeText(outcome) }), () => outbox.put(task, outcome, one.state))].filter(Boolean);
  }
  #who() {
    const { done_by: by, by: name } = this.one;
    return by === this.page.actor ? t("doors.you") : by === "hub" ? t("doors.themselves") : name ? actor(by, name) : t("doors.somebody");
  }

  #inside(open, entry) {
    const shown = open && (!entry || entry.phase === "held") && !this.page.closed;
    const meanwhile = shown && !this.body.hidden && this.was !== "done" && this.one.state === "done";
    if (meanwhile) return this.page.open(null); // somebody else was quicker: nothing is pressed by accident
    if (this.body.hidden === !shown) return;
    this.was = this.one.state;
    this.body.hidden = !shown;
    this.body.replaceChildren(...(shown ? this.#form() : []));
  }
  #form() {
    const { one } = this, was = one.state;
    const counted = was === "done" && ANSWERS.includes(one.word);
    const input = h("input", { id: `note-${one.task}`, maxlength: NOTE, autocomplete: "off", "aria-describedby": `hint-${one.task}`, onkeydown: (event) => { if (event.key === "Enter" && !other.hidden) enter("other"); } });
    const text = () => input.value.trim().replace(/\s+/g, " ");
    const other = h("button", { type: "button", class: "btn main", hidden: true, onclick: () => enter("other") }, t("doors.enter_other"));
    const field = h("div", { class: "note field", hidden: true }, h("label", { for: input.id }, t("doors.note")), h("div", { class: "with" }, input, other), h("span", { class: "hint", id: `hint-${one.task}` }, t("doors.note_hint")));
    const write = () => { field.hidden = false; add.hidden = true; input.focus(); };
    const add = h("button", { type: "button", class: "btn", onclick: write }, icon("file"), t("doors.add_note"));
    const enter = (word) => {
      if (word === "other" && !text()) { other.hidden = false; put(field.firstChild, t("doors.say_what")); return write(); }
      this.page.enter(one, text() ? `${word}: ${text()}` : word);
    };
    const button = (word) => h("button", { type: "button", class: `outcome o-${word}`, onclick: () => enter(word) }, MARK[word] ? chip(MARK[word]) : null, h("span", {}, t(`outcome.${word}`)));
    const again = was === "done" && !counted && one.done_by !== "hub" ? h("button", { type: "button", class: "btn", onclick: () => this.page.enter(one, null) }, t(`doors.again.${one.key === "phone" ? "phone" : "door"}`)) : null;
    const home = household(one, this.page);
    const calls = one.key === "phone"; // whoever calls needs the number first, whoever knocks the outcomes
    return [
      calls ? home.box : null,
      counted ? h("p", { class: "warn calm" }, t("doors.counted", { what: outcomeText(one.outcome) })) : null,
      h("div", { class: "outcomes", role: "group", "aria-label": t("doors.came", { place: say(one.spoken) || one.flat }) }, ANSWERS.map(button), counted ? null : OTHERS.map(button)),
      field, h("div", { class: "more-about" }, home.button, add, again), calls ? null : home.box,
    ].filter(Boolean);
  }
}
