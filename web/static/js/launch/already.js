// What runs there already: its update comes first, another one beside it is a choice of its own.
import { $, h } from "../dom.js";
import { t, say } from "../words.js";
import { clockShort } from "../clock.js";

const place = (one) => say(one.place_spoken) || one.place;

export class Already {
  #running = [];
  #beside = new Set(); // beside these another one is wanted
  #changed;

  /** `changed` is called when the person has chosen. */
  constructor(changed) { this.#changed = changed; }

  /** Another one is wanted beside everything that runs there. */
  get again() { return this.#running.length > 0 && !this.holds; }
  /** Something runs there that nobody has decided about yet. */
  get holds() { return this.#running.some((one) => !this.#beside.has(one.id)); }

  show(running = []) {
    this.#running = running;
    this.#draw();
  }
  #draw() {
    const box = $("#already"), { holds } = this;
    box.hidden = !this.#running.length;
    for (const part of [$("#go-text"), $("#go-form")]) part.hidden = holds;
    box.classList.toggle("decided", !holds);
    box.replaceChildren(...(box.hidden ? [] : holds ? this.#offer() : this.#decided()));
  }
  #offer() {
    return [
      h("div", {}, h("b", {}, t("form.already", { n: this.#running.length })), h("ul", {}, this.#running.map(line)), h("p", { class: "two" }, t("form.already_note"))),
      h("p", { class: "ends" },
        this.#running.map((one) => h("a", { class: "btn big main", href: `/incidents/${one.id}#update` }, t("form.already_update", { code: one.code }))),
        h("button", { class: "btn big quiet", type: "button", id: "again", onclick: () => this.#decide(this.#running) }, t("form.already_again"))),
    ];
  }
  #decided() {
    const codes = this.#running.map((one) => one.code).join(t("comma"));
    return [h("span", {}, t("form.already_beside", { codes })), h("button", { class: "btn", type: "button", onclick: () => this.#decide([]) }, t("form.already_back"))];
  }
  #decide(beside) {
    this.#beside = new Set(beside.map((one) => one.id));
    this.#draw();
    this.#changed();
    if (beside.length) $("#confirm").focus();
  }
}

const line = (one) => h("li", {}, h("a", { href: `/incidents/${one.id}` }, one.code), " ", t("form.already_at", { place: place(one), at: clockShort(one.launched_at) }));
