// A list whose rows stand still while a pointer or the focus is among them; new ones wait.
import { rows, put } from "../dom.js";
import { t } from "../words.js";

export class CalmList {
  #list; #more; #draw; #key; #waiting = null;

  constructor(list, more, { key, draw }) {
    this.#list = list; this.#more = more; this.#key = key; this.#draw = draw;
    const look = () => { if (this.#waiting && !this.#held()) this.show(this.#waiting, true); };
    list.addEventListener("pointerleave", () => setTimeout(look, 60));
    list.addEventListener("focusout", () => setTimeout(look, 60));
    more?.addEventListener("click", () => this.show(this.#waiting ?? [], true));
  }

  #held() { return this.#list.matches(":hover") || this.#list.contains(document.activeElement); }

  /** Shows the items; while held, known rows are refreshed in place and new ones wait behind "1 new". */
  show(items, force = false) {
    const known = new Set([...this.#list.children].map((row) => row.dataset.key));
    const fresh = items.filter((item) => !known.has(String(this.#key(item))));
    if (!force && this.#held() && known.size && fresh.length) {
      this.#waiting = items;
      const old = new Map(items.map((item) => [String(this.#key(item)), item]));
      for (const row of this.#list.children) if (old.has(row.dataset.key)) this.#draw(old.get(row.dataset.key), row);
      if (this.#more) { this.#more.hidden = false; put(this.#more, t("rows.new", { n: fresh.length })); }
      return;
    }
    this.#waiting = null;
    if (this.#more) this.#more.hidden = true;
    rows(this.#list, items, this.#key, this.#draw);
  }
}
