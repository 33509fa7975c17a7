// Who needs help now: minutes since, place, need, who has it. Order of arrival, never re-sorted.
import { $, h, put } from "../dom.js";
import { t, say, named, capital } from "../words.js";
import { age } from "../clock.js";
import { CalmList } from "./rows.js";

/** One row a flat: the earliest call, all its needs, everybody who has it; `open` are the tasks nobody has. */
export function byFlat(tasks) {
  const flats = new Map();
  for (const one of tasks) {
    const key = String(one.unit ?? one.recipient);
    const row = flats.get(key) ?? { ...one, key, needs: [], tasks: [], open: [], who: new Set() };
    row.tasks.push(one.task);
    if (one.assigned) row.who.add(one.assigned); else row.open.push(one.task);
    row.elsewhere = [...(row.elsewhere ?? []), ...(one.elsewhere ?? []).filter((home) => !(row.elsewhere ?? []).some((known) => known.place === home.place))];
    row.needs = [...new Set([...row.needs, ...(one.needs ?? [])])];
    if (one.since && one.since < row.since) row.since = one.since;
    flats.set(key, row);
  }
  return [...flats.values()].map((row) => ({ ...row, assigned: row.open.length ? "" : [...row.who].join(t("comma")) }));
}

export class HelpList {
  #items = [];
  #list;

  constructor({ wall, may, assign, finish, open }) {
    this.wall = wall; this.may = may; this.assign = assign; this.finish = finish; this.open = open;
    this.#list = new CalmList($("#help-rows"), $("#help-more"), { key: (one) => one.key, draw: (one, row) => this.#row(one, row) });
  }
  get oldest() { return this.#items.map((one) => one.since).filter(Boolean).sort()[0]; }
  get unassigned() { return this.#items.filter((one) => !one.assigned).length; }

  /** Nobody can be sent from here while the incident is closed. */
  allow(may) {
    if (this.may === may) return;
    this.may = may;
    this.#list.show(this.#items);
  }
  /** `cries`: of people nobody can place; they stand above the board. */
  show(tasks, flats, cries = 0) {
    const items = byFlat(tasks);
    this.#items = items;
    this.#list.show(items);
    const nobody = this.unassigned;
    const loose = items.filter((one) => !one.unit).length;
    const nowhere = cries ? t("help.cries_title", { n: cries }) : t("help.none_title");
    put($("#h-h"), items.length ? t("help.title", { n: Math.max(flats ?? 0, items.length - loose) + loose }) : nowhere);
    put($("#help-note"), items.length ? (nobody ? t("help.nobody", { n: nobody }) : t("help.all_assigned")) : "");
    $("#help").classList.toggle("calm", !items.length && !cries);
  }

  #row(one, before) {
    const row = before ?? this.#make(one);
    this.#age(row, one);
    const needs = (one.needs ?? []).length ? t("help.needs", { needs: capital(one.needs.map((need) => named("need", need)).join(t("comma"))) }) : "";
    const also = one.elsewhere?.length ? t("help.also", { places: one.elsewhere.map((home) => say(home.spoken)).join(t("comma")) }) : "";
    put($("[data-needs]", row), this.wall ? t("help.people", { n: one.people ?? 1 }) : [t("help.people", { n: one.people ?? 1 }), needs, also].filter(Boolean).join(" "));
    const who = $("[data-who]", row);
    const now = `${one.assigned || "-"}|${this.may}`;
    if (who.dataset.now !== now) {
      who.dataset.now = now;
      who.replaceChildren(...this.#who(one));
    }
    return row;
  }
  #make(one) {
    const place = say(one.spoken) || one.place;
    const name = this.wall ? h("b", {}, place) : h("button", { class: "link", onclick: () => this.open(one) }, h("b", {}, place));
    return h("li", {}, h("span", { class: "m num" }, h("span", { "data-age": "" }), h("small", { "data-unit": "" })), h("div", {}, name, h("p", { "data-needs": "" })), h("span", { class: "who", "data-who": "" }));
  }
  #who(one) {
    if (this.wall || !this.may) return [h("span", { class: one.assigned ? "" : "nobody" }, one.assigned || t("help.unassigned"))];
    if (!one.assigned) return [h("button", { class: "btn main", onclick: () => this.assign(one) }, t("help.assign"))];
    return [h("span", {}, one.assigned), h("button", { class: "btn quiet small", onclick: () => this.finish(one) }, t("help.finish"))];
  }
  #age(row, one) {
    if (!one.since) return;
    const { n, unit } = age(one.since);
    put($("[data-age]", row), n);
    put($("[data-unit]", row), unit);
  }
  tick() {
    for (const one of this.#items) {
      const row = $(`[data-key="${one.key}"]`, $("#help-rows"));
      if (row) this.#age(row, one);
    }
  }
  first() { $("#help-rows button")?.focus() ?? $("#help").focus(); }
}
