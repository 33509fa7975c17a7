// The checklist: late first, then by deadline, done last.
import { $, h, icon, put } from "../dom.js";
import { t, say, named } from "../words.js";
import { clock, now, span } from "../clock.js";
import { CalmList } from "./rows.js";

const due = (one) => (one.due_at ? Date.parse(one.due_at) : Infinity);
const late = (one) => one.state !== "done" && due(one) < now();

export class TaskList {
  #items = [];
  #list;
  constructor({ may, done, take }) {
    this.may = may; this.done = done; this.take = take;
    this.#list = new CalmList($("#task-rows"), null, { key: (one) => one.id, draw: (one, row) => this.#row(one, row) });
  }
  show(items) {
    this.#items = items.filter((one) => !one.recipient);
    this.tick();
  }
  /** While the incident is closed nothing can be ticked off, and nothing grows later. */
  allow(may, over) { this.may = may; this.over = over; }
  tick() {
    const order = [...this.#items].sort((a, b) => (a.state === "done") - (b.state === "done") || (a.state === "done" ? Date.parse(b.done_at) - Date.parse(a.done_at) : due(a) - due(b)));
    this.#list.show(order, true);
    const all = this.#items.length, ready = all - this.#items.filter((one) => one.state !== "done").length, behind = this.over ? 0 : this.#items.filter(late).length;
    put($("#tasks-note"), all ? t(behind ? "tasks.note_late" : "tasks.note", { done: ready, all, late: behind }) : t("tasks.none"));
  }
  #row(one, before) {
    const behind = !this.over && late(one);
    const look = one.state === "done" ? "done" : behind ? "late" : "";
    const mark = one.state === "done" ? "tick" : behind ? "clock" : "box";
    const state = `${look}|${one.state}|${one.assigned ?? ""}|${this.may}`;
    const row = before?.dataset.state === state ? before : this.#make(one, look, mark);
    row.dataset.state = state;
    put($("[data-due]", row), one.state === "done" ? clock(one.done_at) : this.over ? t("tasks.open") : Number.isFinite(due(one)) ? (late(one) ? t("due.late", { t: span(now() - due(one)) }) : t("due.in", { t: span(due(one) - now()) })) : "");
    return row;
  }
  #make(one, look, mark) {
    const name = say(one.name);
    const box = this.may && one.state !== "done"
      ? h("button", { class: "tickbox", "aria-label": t("tasks.mark_done", { name }), title: t("tasks.mark_done", { name }), onclick: () => this.done(one) }, icon(mark))
      : icon(mark);
    return h("li", { class: look }, box, h("span", {}, h("b", {}, name), " ", h("span", { class: "own" }, one.assigned || named("role", one.role))), h("span", { class: `num ${look}`, "data-due": "" }));
  }
}
