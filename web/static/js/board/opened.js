// The right column with a tower or a flat open: households, door-knock list, screens. The building stays.
import { get, look, post, trouble } from "../api.js";
import { $, chip, h, icon } from "../dom.js";
import { t, say, named, pct } from "../words.js";
import { clock, clockShort } from "../clock.js";
import { Sheet } from "../estate/sheet.js";
import { by, words } from "../replies/said.js";
import { far, sum, toDo } from "../doors/counts.js";

const ORDER = ["help", "unre", "none", "told", "evac", "safe", "away"];
const ANSWERS = ["safe", "evacuated", "away", "help"];

export class Opened {
  #box = $("#opened"); #path = null; #unit = null; #from = null; #inner = null;

  constructor({ id, sheet, state, may, wall }) {
    this.id = id; this.sheet = sheet; this.state = state; this.may = may; this.wall = wall;
    this.#box.addEventListener("keydown", (event) => { if (event.key === "Escape") this.close(); });
  }
  get shown() { return !this.#box.hidden; }

  close() {
    if (this.#box.hidden) return;
    this.#box.hidden = true;
    this.#inner = null;
    if (this.#path) this.sheet.cursor(this.#path, null);
    this.#path = this.#unit = null;
    this.#from?.isConnected && this.#from.focus({ preventScroll: true });
  }
  #open(title, note, ...content) {
    if (this.#box.hidden) this.#from = document.activeElement;
    this.#box.hidden = false;
    this.#box.replaceChildren(
      h("header", {}, h("h2", {}, title), h("span", { class: "end hint" }, note), h("button", { class: "btn quiet small", onclick: () => this.close(), "aria-label": t("close") }, icon("close"))),
      h("div", { class: "inside" }, content));
    this.#box.setAttribute("aria-label", title);
    this.#box.focus({ preventScroll: true });
    this.#box.scrollIntoView({ block: "nearest" });
  }

  tower(path) {
    const tower = this.sheet.tower(path);
    if (!tower) return;
    this.#path = path; this.#unit = null;
    const { people, answered } = this.sheet.share(path);
    const enlarged = this.sheet.mode === "floors" && tower.plan.compact ? h("div", { class: "estate one" }) : null;
    this.#open(say(tower.building.name) || path, t("opened.tower_note", { people, percent: pct(answered, people) }),
      this.#doors(tower), enlarged, this.#groups(tower), this.#screens(tower));
    if (!enlarged) return;
    const one = { ...this.sheet.layout, buildings: [tower.building] };
    this.#inner = new Sheet(enlarged, one, { affected: path, link: false, room: () => ({ phone: false, width: enlarged.clientWidth || 360, height: 420, largest: 1.4 }) });
    this.#feed();
  }
  #feed() {
    if (!this.#inner) return;
    this.#inner.cells(this.state.cells ?? {}, { at_once: true });
    this.#inner.people(this.state.cell_people ?? {});
    this.#inner.screens(this.state.screens ?? {}, { clear: this.sheet.clear });
  }
  /** Keeps the open tower true while frames come in. */
  refresh() { if (this.#inner) this.#feed(); }

  #units(tower) {
    return tower.building.entrances.flatMap((e) => e.floors.flatMap((f) => f.units.map((u) => ({ ...u, floor: f.label, entrance: e.path }))));
  }
  /** The way to this tower's doors and calls, if it has any. */
  #doors({ building }) {
    const box = h("p", { class: "to-doors" }), here = [building.path, ...building.entrances.map((one) => one.path)];
    if (!this.may || this.wall || !(this.state.waves ?? []).some((one) => Object.keys(one.tasks ?? {}).length)) return null;
    get(`/incidents/${this.id}/doors/blocks`).then(({ items }) => {
      const mine = items.filter((one) => here.includes(one.block)), first = mine.find((one) => toDo(one.tasks)) ?? mine[0];
      if (first) box.replaceChildren(h("a", { class: "btn", href: `/incidents/${this.id}/doors?block=${encodeURIComponent(first.block)}` }, icon("key"), t("opened.doors")), h("span", { class: "two" }, far(sum(mine.map((one) => one.tasks)))));
    }).catch(() => { /* the list stands beside the board all the same */ });
    return box;
  }
  #groups(tower) {
    const by = new Map(ORDER.map((state) => [state, []]));
    for (const unit of this.#units(tower)) by.get(this.state.cells?.[unit.id])?.push(unit);
    const made = ORDER.filter((state) => by.get(state).length).map((state) => {
      const units = by.get(state);
      return h("details", { class: "group", open: ["help", "unre", "none"].includes(state) },
        h("summary", {}, chip(state), h("b", {}, t(`state.${state}`)), h("span", { class: "end num" }, t("opened.flats", { n: units.length }))),
        h("ul", { class: "flats" }, units.map((unit) => h("li", {}, h("button", { class: "flat", onclick: () => this.flat(unit.id) }, unit.label)))));
    });
    return made.length ? made : h("p", { class: "empty" }, t("opened.nobody"));
  }
  #screens(tower) {
    const all = tower.building.entrances.flatMap((e) => e.screens ?? []);
    if (!all.length) return null;
    return h("section", { class: "group" }, h("h3", {}, t("nav.screens")), h("ul", { class: "plain" }, all.map((one) => {
      const now = this.state.screens?.[one.recipient];
      const text = now?.state === "shown" ? t("sheet.shown") : now?.state === "offline" ? `${t("sheet.offline")} ${now.since ? t("sheet.since", { at: clockShort(now.since) }) : ""}` : now ? t("screens.waiting") : "–";
      return h("li", {}, h("span", {}, one.name), h("span", { class: now?.state === "offline" ? "late" : "two" }, text));
    })));
  }

  /** One household. Names appear only here, and the look is recorded. */
  async flat(unit) {
    const place = this.#place(unit);
    if (!place) return;
    if (this.wall) return this.tower(place.building);
    const before = this.#unit;
    this.#unit = unit; this.#path = place.building;
    this.sheet.cursor(place.building, unit);
    this.#open(place.title, t(`state.${this.state.cells?.[unit] ?? "vac"}`), h("p", { class: "hint" }, t("loading")));
    if (!this.may) return $(".inside", this.#box).replaceChildren(h("p", { class: "empty" }, t("opened.not_allowed")));
    try {
      const seen = await look(`/incidents/${this.id}/flats/${unit}`);
      if (this.#unit !== unit) return;
      $(".inside", this.#box).replaceChildren(...this.#household(seen, () => this.flat(unit)), h("button", { class: "btn", onclick: () => this.tower(place.building) }, icon("back"), t("opened.back", { name: place.name })));
    } catch (error) {
      if (this.#unit === unit) $(".inside", this.#box).replaceChildren(trouble(error));
    }
    return before;
  }
  /** Somebody who needs help and has no flat on record: who it is; the look is recorded. */
  async person(one) {
    if (this.wall) return;
    const mine = this.#unit = `person:${one.recipient}`;
    this.#path = null;
    this.#open(say(one.spoken) || one.place, t("state.help"), h("p", { class: "hint" }, t("loading")));
    const inside = $(".inside", this.#box);
    if (!this.may) return inside.replaceChildren(h("p", { class: "empty" }, t("opened.not_allowed")));
    const show = async () => {
      const seen = await look(`/incidents/${this.id}/people/${one.recipient}`);
      if (this.#unit === mine) inside.replaceChildren(...this.#household(seen, show));
    };
    try { await show(); } catch (error) { if (this.#unit === mine) inside.replaceChildren(trouble(error)); }
  }
  #place(unit) {
    for (const tower of this.sheet.towers())
      for (const e of tower.building.entrances) for (const f of e.floors)
        for (const u of f.units) if (u.id === unit) { const name = say(tower.building.name) || tower.building.path; return { building: tower.building.path, name, title: t("opened.flat", { name, flat: u.label }) }; }
    return null;
  }
  #household(seen, again) {
    const people = [...seen.people].sort((a, b) => (b.answer === "help") - (a.answer === "help"));
    const list = people.length ? h("ul", { class: "people" }, people.map((one) => this.#person(one, again))) : h("p", { class: "empty" }, t("opened.nobody"));
    return [this.#words([...(seen.replies ?? [])].reverse()), list];
  }
  /** What this home wrote, newest first, in its own words. */
  #words(sent) {
    if (!sent.length) return "";
    return h("section", { class: "wrote", "aria-label": t("replies.flat") }, h("h3", {}, t("replies.flat")), h("ul", {}, sent.map((one) => h("li", { class: one.cry ? "cry" : "" }, words(one),
      h("p", { class: "hint" }, h("span", { class: "num" }, `${clock(one.at)} ${by(one)}`), one.state === "open" ? [" ", h("a", { href: "/replies" }, t("replies.flat_open"))] : null)))));
  }
  #person(one, again) {
    const { answer, answered_at: at } = one;
    const needs = (one.needs ?? []).map((need) => named("need", need)).join(t("comma"));
    const trouble_at = h("div");
    return h("li", {},
      h("p", {}, h("b", {}, one.name), needs ? h("span", { class: "needs" }, needs) : null, one.homes?.length ? h("span", { class: "two" }, ` ${t("help.homes", { places: one.homes.join(t("comma")) })}`) : null),
      h("p", { class: "two" }, answer ? t("opened.answered", { answer: named("answer", answer), at: at ? clock(at) : "" }) : t("opened.no_answer")),
      h("ul", { class: "sent" }, (one.deliveries ?? []).map((d) => h("li", {}, h("span", {}, named("channel", d.channel)), h("span", { class: ["refused", "failed", "expired", "unreachable"].includes(d.state) ? "late" : "two" }, named("delivery", d.state), d.to ? ` ${d.to}` : "")))),
      this.may && this.state.incident?.status !== "closed" ? h("div", { class: "behalf", role: "group", "aria-label": t("opened.behalf", { name: one.name }) }, h("span", { class: "hint" }, t("opened.behalf_short")), ANSWERS.map((word) => h("button", {
        class: "btn small", "aria-pressed": String(answer === word),
        onclick: async () => { try { await post(`/incidents/${this.id}/answers`, { recipient: one.recipient, answer: word }); await again(); } catch (error) { trouble_at.replaceChildren(trouble(error)); } },
      }, named("answer", word)))) : null, trouble_at);
  }
}
