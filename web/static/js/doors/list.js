// The doors of one block, floor by floor. What is shown stands still: done ones stay in their place
// until somebody puts them away, new ones wait to be let in, and never more rows than one can scroll.
import { $, h, put, rows } from "../dom.js";
import { t, say, capital } from "../words.js";
import { Door } from "./row.js";
import { floors } from "./order.js";

const STEP = 60;

export class DoorList {
  #doors = new Map(); #shown = new Set(); #room = STEP;
  items = new Map(); // task -> row of the API, of the chosen block

  constructor(page) { this.page = page; this.box = $("#floors"); $("#show-more").addEventListener("click", () => { this.#room += STEP; this.draw(); }); $("#fresh").addEventListener("click", () => this.begin()); $("#tidy").addEventListener("click", () => this.begin()); }

  #wanted(one) { const { filter } = this.page; return filter === "all" || (one.state === "done") === (filter === "done"); }
  /** The view anew: by its filter, from its top. */
  begin() {
    this.#shown = new Set([...this.items.values()].filter((one) => this.#wanted(one) || this.page.outbox.of(one.task)).map((one) => one.task));
    this.#room = STEP;
    this.draw();
  }
  set(found, { keep = false } = {}) {
    this.items = new Map(found.map((one) => [one.task, one]));
    if (keep) this.draw(); else this.begin();
  }
  /** More rows of the same block, as its pages come in. */
  add(found) {
    for (const one of found) { this.items.set(one.task, one); if (this.#wanted(one)) this.#shown.add(one.task); }
    this.draw();
  }
  change(one) { if (this.items.has(one.task)) { this.items.set(one.task, one); this.draw(); } }
  refresh(task) { const one = this.items.get(task); if (one) { this.#shown.add(task); this.draw(); } }

  get order() { return this.#floors().flatMap((floor) => floor.items.map((one) => one.task)); }
  #floors() { return floors([...this.#shown].map((task) => this.items.get(task)).filter(Boolean), this.page.order, this.page.danger()); }
  node(task) { return this.#doors.get(task); }

  /** The first still to do after this one, as they stand on the page; `besides`: a household that
   * has just answered needs neither knock nor call any more. */
  next(task, besides = null) {
    const order = this.order, at = order.indexOf(task);
    const todo = (one) => this.items.get(one)?.state !== "done" && this.items.get(one)?.household !== besides && !this.page.outbox.of(one);
    return [...order.slice(at + 1), ...order.slice(0, Math.max(0, at))].find(todo) ?? null;
  }

  draw() {
    const all = this.#floors(), count = all.reduce((sum, one) => sum + one.items.length, 0);
    const at = this.page.opened === null ? -1 : all.flatMap((one) => one.items).findIndex((one) => one.task === this.page.opened);
    let room = Math.max(this.#room, at + 1);
    const kept = [];
    for (const floor of all) { if (room <= 0) break; kept.push({ ...floor, items: floor.items.slice(0, room) }); room -= floor.items.length; }
    rows(this.box, kept, (one) => one.key, (floor, before) => this.#floor(floor, before));
    const drawn = kept.reduce((sum, one) => sum + one.items.length, 0), rest = count - drawn;
    $("#show-more").hidden = rest <= 0;
    put($("#show-more"), t("doors.more", { n: Math.min(STEP, rest) }));
    const fresh = [...this.items.values()].filter((one) => this.#wanted(one) && !this.#shown.has(one.task)).length;
    const over = [...this.#shown].filter((task) => { const one = this.items.get(task); return one && !this.#wanted(one) && !this.page.outbox.of(task); }).length;
    $("#fresh").hidden = !fresh; put($("#fresh"), t("doors.new", { n: fresh }));
    $("#tidy").hidden = !over; put($("#tidy"), t("doors.tidy", { n: over }));
    this.page.counted({ shown: count });
  }
  #floor(floor, before) {
    const section = before ?? h("li", { class: "floor" }, h("h3", {}, h("span"), h("span", { class: "end hint num" })), h("ol", { class: "doors-of" }));
    const left = floor.items.filter((one) => one.state !== "done" && !this.page.outbox.of(one.task)).length;
    section.firstChild.hidden = !floor.words || !say(floor.words);
    put(section.firstChild.firstChild, capital(say(floor.words)) || t("doors.nowhere"));
    put(section.firstChild.lastChild, left ? t("doors.left", { n: left }) : t("doors.all_done"));
    rows(section.lastChild, floor.items, (one) => one.task, (one) => {
      const door = this.#doors.get(one.task);
      if (door) { door.show(one); return door.node; }
      const made = new Door(one, this.page);
      this.#doors.set(one.task, made);
      return made.node;
    });
    return section;
  }
  forget() { this.#doors.clear(); this.#shown.clear(); this.items = new Map(); this.box.replaceChildren(); }
}
