// What happened, newest first; facts only, no names.
import { $, h, rows } from "../dom.js";
import { say, named } from "../words.js";
import { clock } from "../clock.js";

const KEY = new Set(["launched", "notice", "stopped", "closed", "called"]);
const BAD = new Set(["help", "alarm"]);
const MOST = 50;

export class Timeline {
  #items = [];
  #list = $("#timeline");
  show(items) { this.#items = items.slice(0, MOST); this.#draw(); }
  add(event) {
    if (!event || this.#items.some((one) => one.seq === event.seq)) return;
    this.#items = [event, ...this.#items].sort((a, b) => b.seq - a.seq).slice(0, MOST);
    this.#draw();
  }
  #draw() {
    if (!this.#list) return;
    rows(this.#list, this.#items.filter((one) => say(one.text)), (one) => one.seq, (one, before) => before ?? h("li", { class: look(one) }, h("time", { datetime: one.at }, clock(one.at)), h("span", {}, say(one.text) || named("event", one.kind))));
  }
}
const look = (one) => (BAD.has(one.kind) || one.data?.answer === "help" ? "bad" : KEY.has(one.kind) ? "key" : "");
