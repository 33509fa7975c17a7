// What happened, newest first; facts only, no names.
import { $, h, put, rows } from "../dom.js";
import { t, say, named } from "../words.js";
import { clock } from "../clock.js";

const KEY = new Set(["launched", "notice", "stopped", "closed", "called"]);
const BAD = new Set(["help", "alarm"]);
const COUNTED = new Set(["answered", "progress"]);
const MOST = 200;
const PAGE = 500, PAGES = 12; // as far back as is worth reading; the record has the rest

export class Timeline {
  #items = [];
  #list = $("#timeline");
  #last = 0;

  /** The newest facts of a snapshot; what is older and known stays. */
  show(items) { this.#take(items); }
  /** A snapshot holds the newest facts, in a busy hour all of them answers: the ones before, which
   * tell what was done, are read once. Answers among them stay a number. `read(since, limit)`. */
  async fill(read) {
    const oldest = this.#items.at(-1)?.seq ?? 0;
    if (!this.#list || oldest < 2) return;
    const older = [];
    for (let since = 0, page = 0; since < oldest - 1 && page < PAGES; page += 1) {
      const { items } = await read(since, PAGE);
      if (!items.length) break;
      older.push(...items.filter((one) => one.seq < oldest && !COUNTED.has(one.kind)));
      since = items.at(-1).seq;
    }
    this.#items = [...this.#items, ...older.reverse()].slice(0, MOST);
    this.#draw();
  }
  add(event) { if (event) this.#take([event]); }

  #take(items) {
    const fresh = items.filter((one) => one.seq > this.#last).sort((a, b) => a.seq - b.seq);
    for (const one of fresh) {
      this.#last = one.seq;
      this.#items = quiet(one) ? joined(this.#items, one) : [one, ...this.#items];
    }
    this.#items = this.#items.slice(0, MOST);
    if (fresh.length) this.#draw();
  }
  #draw() {
    if (!this.#list) return;
    rows(this.#list, this.#items, (one) => one.seq, (one, before) => {
      const row = before ?? h("li", { class: look(one) }, h("time"), h("span"));
      put(row.firstChild, clock(one.at));
      put(row.lastChild, one.answers > 1 ? t("time.answers", { n: one.answers }) : say(one.text) || named("event", one.kind));
      return row;
    });
  }
}
/** Answers come by hundreds: a run of them is one line that counts. Who needs help has a line of
 * its own besides. */
const quiet = (one) => one.kind === "answered" || (one.kind === "progress" && !say(one.text));
function joined(items, one) {
  if (one.kind === "progress") return items;
  const [top, ...rest] = items;
  return top?.answers ? [{ ...top, at: one.at, answers: top.answers + 1 }, ...rest] : [{ ...one, answers: 1 }, ...items];
}
const look = (one) => (BAD.has(one.kind) ? "bad" : KEY.has(one.kind) ? "key" : "");
